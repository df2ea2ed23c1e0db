# One image for every deployment: what a host may change is read from the environment at the start.
#
# The server runs its TypeScript from source, through the workspace's symlinks, so the image holds the
# workspace tree itself (`pnpm deploy` would copy packages into node_modules, where Node runs no TypeScript).

FROM node:24-slim AS workspace
ENV CI=true
WORKDIR /app
RUN npm install --global pnpm@12
COPY . .

# The web app, built with everything it needs; none of that comes along.
FROM workspace AS web
RUN pnpm install --frozen-lockfile --filter '@passerby/web...'
RUN pnpm --filter @passerby/web build

# The server with its production dependencies. Optional ones are Node itself, which the image brings,
# and database clients of firebase-admin that verifying a token does not need.
FROM workspace AS server
RUN pnpm install --frozen-lockfile --prod --no-optional --filter '@passerby/signaling...'
COPY --from=web /app/apps/web/build apps/web/build

FROM node:24-slim
# DATA_DIR holds the deployment key. A new volume takes its owner over from here.
RUN install --directory --owner=node --group=node --mode=0700 /data
WORKDIR /app
COPY --from=server /app ./
ENV NODE_ENV=production DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/signaling/src/main.ts"]
