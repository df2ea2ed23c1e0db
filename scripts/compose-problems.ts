import { parse } from 'yaml';

/** What of docker-compose.yml matters here; the file is ours, so its form is taken for granted. */
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean } | null>;
}

interface Service {
  image?: string;
  build?: string;
  profiles?: string[];
  restart?: string;
  user?: string;
  command?: string | string[];
  entrypoint?: string | string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  networks?: string[];
  network_mode?: string;
  container_name?: string;
  healthcheck?: object;
  depends_on?: Record<string, { condition: string }>;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
}

export interface Deployment {
  /** The text of docker-compose.yml, .env.example and Dockerfile. */
  compose: string;
  example: string;
  image: string;
  /** Whether a path of the repository is there. */
  exists(path: string): boolean;
}

/** Which of the compose file's promises do not hold: one line each. */
export function problemsOf({ compose, example, image, exists }: Deployment): string[] {
  const { services, volumes, networks } = parse(compose) as Compose;
  const all = Object.entries(services);
  const problems: string[] = [];
  const demand = (holds: boolean | undefined, problem: string) => {
    if (!holds) problems.push(problem);
  };

  // `$$` is a dollar for the shell inside.
  const uses = [...compose.replaceAll('$$', '').matchAll(/\$\{([A-Z_]+)(:?[-?])?/g)];
  const given = new Set(uses.filter(([, , how]) => how !== undefined).map(([, name]) => name));
  for (const [, name = ''] of uses) {
    const documented = new RegExp(`^# ?${name}=`, 'm').test(example);
    demand(given.has(name) || documented, `${name} has no default, is not demanded and not in .env.example`);
  }

  const standing = all.filter(([, { profiles }]) => !profiles).map(([name]) => name);
  demand(
    standing.sort().join() === 'app,caddy,redis',
    `without a profile these start: ${standing.join(', ')}`,
  );
  const sources = all
    .flatMap(([, service]) => service.volumes ?? [])
    .map((mount) => mount.split(':')[0] ?? '');
  for (const source of sources) {
    if (source.startsWith('.')) demand(exists(source), `${source} is mounted and not there`);
    else demand(source in volumes, `the volume ${source} is not declared`);
  }
  for (const name of Object.keys(volumes)) demand(sources.includes(name), `nobody uses the volume ${name}`);

  for (const [name, service] of all) {
    demand(service.restart === 'unless-stopped', `${name} is not restarted`);
    if (service.build) demand(exists(`${service.build}/Dockerfile`), `${name} has no Dockerfile`);
    else demand(/:(?!latest)[\w.-]+$/.test(service.image ?? ''), `${name} has an image without a version`);
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      const secret = /SECRET|PASSWORD|CREDENTIAL|TOKEN/.test(variable);
      demand(!secret || value.startsWith('${'), `${name} has a secret in the file: ${variable}`);
    }
    const commands = [service.command ?? [], service.entrypoint ?? []].flat().join(' ');
    demand(!/(secret|password)=(?!"?\$)/i.test(commands), `${name} has a secret in its command`);
    for (const port of service.ports ?? []) {
      demand(name === 'caddy' || port.startsWith('127.0.0.1:'), `${name} publishes ${port} to everybody`);
    }
    demand(service.network_mode !== 'host' || name === 'turn', `${name} is in the network of the host`);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      demand(condition === 'service_healthy', `${name} does not wait until ${other} is healthy`);
      const checked =
        services[other]?.healthcheck !== undefined || (other === 'app' && /^HEALTHCHECK/m.test(image));
      demand(checked, `${other} has no health check`);
    }
  }

  const { app, redis } = services;
  demand(app?.container_name === undefined, 'app has a fixed name, so that there cannot be several');
  for (const port of app?.ports ?? []) demand(port.includes('::'), `app publishes a fixed port: ${port}`);
  demand(/^USER node$/m.test(image), 'the image runs as root');
  demand(redis?.user === 'redis', 'redis runs as root');
  demand(
    redis?.networks?.join() === 'store' && networks['store']?.internal,
    'redis can be reached from outside',
  );
  demand(!redis?.ports, 'redis publishes a port');
  for (const [name, service] of Object.entries({ app, redis })) {
    demand(service?.read_only, `${name} may write to its image`);
    demand(service?.cap_drop?.join() === 'ALL', `${name} has capabilities`);
    demand(service?.security_opt?.includes('no-new-privileges:true'), `${name} may gain privileges`);
  }
  return problems;
}
