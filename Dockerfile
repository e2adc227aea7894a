# One image for both planes; the command chooses: dist/control-plane/main.js or dist/data-plane/main.js.

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json codegen.ts schema.graphql ./
COPY contract contract
COPY foundation foundation
COPY control-plane control-plane
COPY data-plane data-plane
COPY embedded embedded
COPY clients clients
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the development tools, and without the PostgreSQL and Node that npm brings for local runs.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY --from=build /build/dist dist
COPY LICENSE ./
RUN mkdir -p /var/lib/sluice/data-plane && chown -R node:node /var/lib/sluice
# A container is reached from outside only through what its operator publishes.
ENV SLUICE_CONTROL_PLANE_HOST=0.0.0.0 \
    SLUICE_DATA_PLANE_HOST=0.0.0.0 \
    SLUICE_ADMIN_HOST=0.0.0.0 \
    SLUICE_STATE_DIR=/var/lib/sluice/data-plane
USER node
EXPOSE 4000 4100 4101
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/control-plane/main.js"]
