import type { ModuleImport, SourceModule } from './source-modules.ts';

/** A rule of the dependency table; a violation is a sentence that names the file and what it must not import. */
export interface BoundaryRule {
  readonly name: string;
  readonly why: string;
  find(modules: readonly SourceModule[]): string[];
}

const PLANES = ['control-plane', 'data-plane'];
const PRODUCTION = ['contract', 'foundation', 'control-plane', 'data-plane', 'clients', 'embedded'];
const CONTRACT_PACKAGES = ['zod', '@marcbachmann/cel-js', 'node:crypto', 'node:net'];
const FOUNDATION_PACKAGES = ['zod', 'pino'];
const DATA_PLANE_PACKAGES = ['undici', 'ioredis', 'jose', 'pino', 'prom-client', 'zod'];
/** What every feature may use without a front door: the API's vocabulary and the database. */
const SHARED_FOLDERS = ['api', 'database'];
/** Puts the features together; nothing else does. */
const COMPOSITION = ['http'];
/** Lowest first: a feature never imports one that stands after it. */
const FEATURE_ORDER = ['identity', 'organizations', 'workspaces', 'mcp-servers', 'snapshots'];

export const boundaryRules: readonly BoundaryRule[] = [
  {
    name: 'planes-apart',
    why: 'either plane can be rewritten without the other',
    find: forEachImport((from, target) => isPlane(folder(from)) && isPlane(folder(target.file)) && folder(from) !== folder(target.file)),
  },
  {
    name: 'contract-is-lean',
    why: 'the contract is loaded by the lean process',
    find: forEachImport(
      (from, target) => folder(from) === 'contract' && !isProof(from) && !isOneOf(target, ['contract', 'foundation'], CONTRACT_PACKAGES),
    ),
  },
  {
    name: 'foundation-knows-no-domain',
    why: 'everything stands on it',
    find: forEachImport(
      (from, target) => folder(from) === 'foundation' && !isProof(from) && !isOneOf(target, ['foundation'], FOUNDATION_PACKAGES, true),
    ),
  },
  {
    name: 'data-plane-packages',
    why: 'each further package of the lean process is a decision record',
    find: forEachImport(
      (from, target) =>
        folder(from) === 'data-plane' &&
        !isProof(from) &&
        target.package !== undefined &&
        !isNode(target.package) &&
        !DATA_PLANE_PACKAGES.includes(target.package),
    ),
  },
  {
    name: 'features-enter-through-index',
    why: "nobody reaches into another feature's tables",
    find: forEachImport((from, target) => {
      const [wanted, own] = [feature(target.file), feature(from)];
      return (
        folder(from) === 'control-plane' &&
        !isProof(from) &&
        wanted !== undefined &&
        wanted !== own &&
        target.file !== `control-plane/${wanted}/index.ts`
      );
    }),
  },
  {
    name: 'features-point-one-way',
    why: 'a joining field is defined by the feature at the far end',
    find: forEachImport((from, target) => {
      const [own, wanted] = [feature(from), feature(target.file)].map((name) => FEATURE_ORDER.indexOf(name ?? ''));
      return !isProof(from) && own !== undefined && wanted !== undefined && own >= 0 && wanted > own;
    }),
  },
  {
    name: 'features-run-without-a-server',
    why: 'features are tested without HTTP',
    find: forEachImport((from, target) => {
      if (feature(from) === undefined) return false;
      const isServerPackage = target.package === 'express' || (target.package?.startsWith('@apollo/') ?? false);
      return isServerPackage || (target.file?.startsWith('control-plane/http/') ?? false);
    }),
  },
  {
    name: 'clients-use-the-api-only',
    why: 'the console proves that the API is enough',
    find: forEachImport((from, target) => folder(from) === 'clients' && target.file !== undefined && folder(target.file) !== 'clients'),
  },
  {
    name: 'embedded-starts-planes-by-path',
    why: 'local convenience must not become a third plane',
    find: forEachImport((from, target) => folder(from) === 'embedded' && isPlane(folder(target.file))),
  },
  {
    name: 'production-imports-no-test',
    why: 'a fake must not be shipped',
    find: forEachImport((from, target) => {
      if (!PRODUCTION.includes(folder(from) ?? '') || isProof(from)) return false;
      const isTest = target.file !== undefined && (['test', 'bench'].includes(folder(target.file) ?? '') || isProof(target.file));
      return isTest || target.package === 'vitest';
    }),
  },
  {
    name: 'imports-can-be-read',
    why: 'a computed import escapes every other rule',
    find: forEachImport(
      (from, target) => [...PLANES, 'contract', 'foundation', 'clients'].includes(folder(from) ?? '') && target.specifier === undefined,
    ),
  },
  {
    name: 'imports-exist',
    why: 'an import of nothing would be judged by no rule',
    find: (modules) => {
      const files = new Set(modules.map((module) => module.file));
      const isCode = (file: string) => /\.(ts|tsx|js|mjs)$/.test(file) && !file.includes('/generated/');
      return forEachImport((_from, target) => target.file !== undefined && isCode(target.file) && !files.has(target.file))(modules);
    },
  },
  {
    name: 'front-doors-name-what-they-let-through',
    why: '`export *` publishes what comes next year',
    find: (modules) => modules.filter((module) => module.hasExportAll).map((module) => `${module.file} has export *`),
  },
  {
    name: 'no-cycles',
    why: 'what a module needs must be loaded before it',
    // Two types may mention each other: a union and the shape that one of its members carries.
    find: (modules) => findCycles(modules.map((module) => ({ ...module, imports: module.imports.filter((target) => !target.isTypeOnly) }))),
  },
  { name: 'no-feature-cycles', why: 'features in a cycle are one feature', find: (modules) => findCycles(toFeatureModules(modules)) },
];

function forEachImport(isViolation: (from: string, target: ModuleImport) => boolean): BoundaryRule['find'] {
  return (modules) =>
    modules.flatMap((module) =>
      module.imports
        .filter((target) => isViolation(module.file, target))
        .map((target) => `${module.file} imports ${target.specifier ?? 'a computed name'}`),
    );
}

/** Follows imports from every module and reports the first path that comes back to where it has been. */
function findCycles(modules: readonly SourceModule[]): string[] {
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'open') cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const target of byFile.get(file)?.imports ?? [])
      if (target.file !== undefined && byFile.has(target.file)) visit(target.file, [...trail, file]);
    state.set(file, 'done');
  };
  for (const module of modules) visit(module.file, []);
  return cycles;
}

/** The same graph with a feature for a node. */
function toFeatureModules(modules: readonly SourceModule[]): SourceModule[] {
  const imports = new Map<string, ModuleImport[]>();
  for (const module of modules.filter(({ file }) => !isProof(file))) {
    const own = feature(module.file);
    if (own === undefined) continue;
    const wanted = module.imports.map((target) => feature(target.file)).filter((name) => name !== undefined && name !== own);
    const known = imports.get(own) ?? [];
    imports.set(own, [...known, ...wanted.map((name) => ({ specifier: name, file: name, package: undefined, isTypeOnly: false }))]);
  }
  return [...imports].map(([file, targets]) => ({ file, imports: targets, hasExportAll: false }));
}

function folder(file: string | undefined): string | undefined {
  return file?.split('/', 1)[0];
}

/** The feature of the control plane that a file belongs to. Composition and shared vocabulary are none. */
function feature(file: string | undefined): string | undefined {
  const [plane, name, ...rest] = file?.split('/') ?? [];
  if (plane !== 'control-plane' || name === undefined || rest.length === 0) return undefined;
  return [...SHARED_FOLDERS, ...COMPOSITION].includes(name) ? undefined : name;
}

function isPlane(name: string | undefined): boolean {
  return name !== undefined && PLANES.includes(name);
}

function isProof(file: string): boolean {
  return /\.test\.tsx?$/.test(file);
}

function isNode(name: string): boolean {
  return name.startsWith('node:');
}

function isOneOf(target: ModuleImport, folders: readonly string[], packages: readonly string[], allowsNode = false): boolean {
  if (target.file !== undefined) return folders.includes(folder(target.file) ?? '');
  if (target.package === undefined) return false;
  return packages.includes(target.package) || (allowsNode && isNode(target.package));
}
