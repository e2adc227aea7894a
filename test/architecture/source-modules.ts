import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync, Visitor } from 'vite';

/** One import, re-export, dynamic import or `import('…').T`; types count as much as values. */
export interface ModuleImport {
  /** As written; undefined where it is computed, so that nobody can tell what is imported. */
  readonly specifier: string | undefined;
  /** The imported file below the root, where the specifier is relative. */
  readonly file: string | undefined;
  /** The imported package, or `node:…` module, where it is not. */
  readonly package: string | undefined;
  /** Whether it vanishes when compiled. */
  readonly isTypeOnly: boolean;
}

export interface SourceModule {
  /** Below the root, with forward slashes. */
  readonly file: string;
  readonly imports: readonly ModuleImport[];
  /** Whether it has `export * from`, which hides what a front door lets through. */
  readonly hasExportAll: boolean;
}

/** Folders whose source is held to the rules. */
export const SOURCE_FOLDERS = ['contract', 'foundation', 'control-plane', 'data-plane', 'clients', 'embedded', 'bench', 'test'] as const;

/** Reads every module below a root. The caller checks that it found some: an empty list breaks no rule. */
export function readSourceModules(root: string): SourceModule[] {
  return listSourceFiles(root).map((file) => readModule(root, file));
}

export function listSourceFiles(root: string): string[] {
  const found = globSync(`{${SOURCE_FOLDERS.join(',')}}/**/*.{ts,tsx,js,mjs}`, { cwd: root });
  const ours = found.map((file) => file.split(path.sep).join('/')).filter((file) => !/(^|\/)(generated|node_modules|planted)\//.test(file));
  return ours.toSorted();
}

function readModule(root: string, file: string): SourceModule {
  const parsed = parseSync(file, readFileSync(path.join(root, file), 'utf8'));
  if (parsed.errors.length > 0) throw new Error(`${file} cannot be read: ${parsed.errors[0]?.message}`);
  const found: Found[] = [];
  let hasExportAll = false;
  const isType = (node: { readonly importKind?: string | null; readonly exportKind?: string | null }) =>
    node.importKind === 'type' || node.exportKind === 'type';
  new Visitor({
    ImportDeclaration: (node) => {
      const isEach = node.specifiers.length > 0 && node.specifiers.every((one) => one.type === 'ImportSpecifier' && isType(one));
      found.push({ specifier: node.source.value, isTypeOnly: isType(node) || isEach });
    },
    ExportNamedDeclaration: (node) => {
      if (node.source === null) return;
      const isEach = node.specifiers.length > 0 && node.specifiers.every(isType);
      found.push({ specifier: node.source.value, isTypeOnly: isType(node) || isEach });
    },
    ExportAllDeclaration: (node) => {
      found.push({ specifier: node.source.value, isTypeOnly: isType(node) });
      hasExportAll = true;
    },
    ImportExpression: (node) => void found.push({ specifier: toText(node.source), isTypeOnly: false }),
    TSImportType: (node) => void found.push({ specifier: toText(node.source), isTypeOnly: true }),
    TSExternalModuleReference: (node) => void found.push({ specifier: toText(node.expression), isTypeOnly: false }),
  }).visit(parsed.program);
  return { file, imports: found.map((one) => resolve(file, one)), hasExportAll };
}

type Found = Pick<ModuleImport, 'specifier' | 'isTypeOnly'>;

function toText(node: { readonly type: string }): string | undefined {
  return node.type === 'Literal' && 'value' in node && typeof node.value === 'string' ? node.value : undefined;
}

function resolve(from: string, { specifier, isTypeOnly }: Found): ModuleImport {
  const found = { specifier, isTypeOnly, file: undefined, package: undefined };
  if (specifier === undefined) return found;
  if (specifier.startsWith('.')) return { ...found, file: path.posix.join(path.posix.dirname(from), specifier) };
  if (specifier.startsWith('node:')) return { ...found, package: specifier };
  const parts = specifier.split('/');
  return { ...found, package: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}
