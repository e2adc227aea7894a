import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { readJson, writePrivateJson } from './private-file.ts';
import { StartFault } from './start-fault.ts';

const LocalStateSchema = z.object({
  /** Names the first start; see `FirstWorldOptions.startId`. */
  startId: z.string(),
  /** Whether everything that the first start creates is there and was printed. */
  isComplete: z.boolean(),
  /** Where the sample server listened last; kept, because the registered URL names it. */
  samplePort: z.number().int().optional(),
  /** The sample's id in the hub; absent where none was wanted or somebody has deleted it. */
  sampleServerId: z.string().optional(),
});
export type LocalState = Readonly<z.infer<typeof LocalStateSchema>>;

/** @throws {StartFault} where the file is there and unreadable. */
export async function loadLocalState(dataDir: string): Promise<LocalState> {
  const file = path.join(dataDir, 'state.json');
  const kept = await readJson(file).catch(() => null);
  if (kept === undefined) return { startId: `first-start-${randomBytes(12).toString('hex')}`, isComplete: false };
  const parsed = LocalStateSchema.safeParse(kept);
  if (!parsed.success) throw new StartFault(`${file} cannot be read. Restore it, or remove ${dataDir} to start anew.`);
  return parsed.data;
}

export function writeLocalState(dataDir: string, state: LocalState): Promise<void> {
  return writePrivateJson(path.join(dataDir, 'state.json'), state);
}
