import { SNAPSHOT_FORMAT } from '../../contract/snapshot.ts';
import type { TableFault } from './table-draft.ts';

/** Why a revision is not applied. The one in force stays. */
export type SnapshotRefusal =
  /** A newer control plane wrote what this version would misread. */
  | { readonly reason: 'format_unknown'; readonly format: number }
  /** The writer sealed with a key that this process does not have; it could open no credential. */
  | { readonly reason: 'seal_not_openable'; readonly keyId: string | undefined }
  | { readonly reason: 'manifest_malformed' }
  /** The pointer names a revision whose manifest is not there. */
  | { readonly reason: 'manifest_missing' }
  | { readonly reason: 'document_missing'; readonly name: string }
  /** Other bytes than its hash says, no JSON, not of the schema, or under another document's name. */
  | { readonly reason: 'document_malformed'; readonly name: string }
  | TableFault;

/** A sentence for the operator. It has names and ids, never content. */
export function describeRefusal(refusal: SnapshotRefusal): string {
  switch (refusal.reason) {
    case 'format_unknown':
      return `its format ${refusal.format} is newer than ${SNAPSHOT_FORMAT}, the newest this data plane reads; update the data plane`;
    case 'seal_not_openable':
      return `its secrets are sealed with key ${refusal.keyId ?? '(unreadable)'}, which SLUICE_ENCRYPTION_KEYS of this data plane cannot open; give both planes the same keys`;
    case 'manifest_malformed':
      return 'its manifest is malformed';
    case 'manifest_missing':
      return 'its manifest is not there';
    case 'document_missing':
      return `the body of document ${refusal.name} is not there`;
    case 'document_malformed':
      return `the body of document ${refusal.name} is malformed`;
    case 'workspace_slug_taken':
      return `workspaces ${refusal.workspaceIds.join(' and ')} have the same slug ${refusal.slug}`;
    case 'server_missing':
      return `workspace ${refusal.workspaceId} routes to server ${refusal.serverId}, which is not in it`;
  }
}
