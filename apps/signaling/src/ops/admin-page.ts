import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { isLoopbackHost } from './admin-origin.ts';

/** Answers whatever Socket.IO does not. Never throws. */
export type AdminPage = (request: IncomingMessage, response: ServerResponse) => void;

interface Resource {
  type: string;
  cacheControl: string;
  read(): Promise<Buffer | string>;
}

const BASE = '/admin/';
const FONT_WEIGHTS = [100, 300, 400, 500, 700, 900];
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const HTML = 'text/html; charset=utf-8';

/** Vuetify writes its theme into a style element, hence 'unsafe-inline' for styles and for nothing else. */
const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Runs before the app, which would otherwise ask for the address of the server it came from. */
const PRESET_SCRIPT = `localStorage.setItem('server_url', location.origin);\n`;

/**
 * The admin UI's page, its fonts and its icons, all from installed packages. Only what is in the table
 * made here can be asked for, so no request reaches the file system with a path of its own.
 *
 * Rejects if a package does not hold what the page needs.
 */
export async function createAdminPage(): Promise<AdminPage> {
  const table = await listResources();

  return (request, response) => {
    answer(table, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, 500, 'internal error\n');
    });
  };
}

async function answer(
  table: ReadonlyMap<string, Resource>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isLoopbackHost(request)) return send(response, 421, 'misdirected request\n');
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const resource = table.get(path);
  const redirects = path === '/' || path === '/admin';
  if (!resource && !redirects) return send(response, 404, 'not found\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(response, 405, 'method not allowed\n', { allow: 'GET, HEAD' });
  }
  if (!resource) return send(response, 302, '', { location: BASE });
  send(response, 200, await resource.read(), {
    'content-type': resource.type,
    'cache-control': resource.cacheControl,
  });
}

function send(
  response: ServerResponse,
  status: number,
  body: Buffer | string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

async function listResources(): Promise<ReadonlyMap<string, Resource>> {
  const require = createRequire(import.meta.url);
  const ui = join(dirname(require.resolve('@socket.io/admin-ui/package.json')), 'ui/dist');
  const icons = dirname(require.resolve('@mdi/font/package.json'));
  const roboto = dirname(require.resolve('@fontsource/roboto/package.json'));
  const fontFiles = new RegExp(`-(${FONT_WEIGHTS.join('|')})-normal\\.woff2$`);

  const index = withLocalLinks(await readFile(join(ui, 'index.html'), 'utf8'));
  return new Map<string, Resource>([
    [BASE, { type: HTML, cacheControl: 'no-store', read: async () => index }],
    [`${BASE}preset.js`, { ...resourceOf('preset.js'), read: async () => PRESET_SCRIPT }],
    ...(await filesOf(ui, BASE, '', /\.png$/)),
    ...(await filesOf(ui, BASE, 'css/', /\.css$/)),
    ...(await filesOf(ui, BASE, 'js/', /\.js$/)),
    ...(await filesOf(ui, BASE, 'img/', /\.svg$/)),
    ...(await filesOf(icons, `${BASE}mdi/`, 'css/', /^materialdesignicons\.min\.css$/)),
    ...(await filesOf(icons, `${BASE}mdi/`, 'fonts/', /\.woff2$/)),
    ...(await filesOf(roboto, `${BASE}roboto/`, '', /^\d00\.css$/)),
    ...(await filesOf(roboto, `${BASE}roboto/`, 'files/', fontFiles)),
  ]);
}

async function filesOf(
  root: string,
  base: string,
  folder: string,
  names: RegExp,
): Promise<[string, Resource][]> {
  const found = (await readdir(join(root, folder))).filter((name) => names.test(name));
  return found.map((name) => [base + folder + name, resourceOf(join(root, folder, name))]);
}

function resourceOf(file: string): Resource {
  const type = TYPES[extname(file)];
  if (!type) throw new Error(`the admin page has no type for ${extname(file)} files`);
  return { type, cacheControl: 'private, max-age=3600', read: () => readFile(file) };
}

/** The page as published links two public CDNs; these are replaced, and the preset goes before its scripts. */
function withLocalLinks(html: string): string {
  const links = [
    ...FONT_WEIGHTS.map((weight) => `roboto/${weight}.css`),
    'mdi/css/materialdesignicons.min.css',
  ];
  const local = html
    .replaceAll(/<link rel="stylesheet" href="https:[^>]*>/g, '')
    .replace('</head>', links.map((href) => `<link rel="stylesheet" href="${href}">`).join('') + '</head>')
    .replace('<script', '<script src="preset.js"></script><script');
  if (local.includes('https:') || !local.includes('preset.js') || !local.includes('</head>')) {
    throw new Error('the page of @socket.io/admin-ui has changed and must be looked at again');
  }
  return local;
}
