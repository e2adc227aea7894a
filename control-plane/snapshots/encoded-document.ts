import { documentNames, hashDocument, toDocumentName, type SnapshotDocument } from '../../contract/snapshot.ts';

/** What is remembered of a document once it is published: enough to compare it and to check what others need of it. */
export interface DocumentEntry {
  readonly hash: string;
  /** Names of the documents without which this one makes no sense. */
  readonly requires: readonly string[];
  /** The workspace slug this document claims, which no other may claim too. */
  readonly workspaceSlug: string | null;
}

/** A document as it is stored. */
export interface EncodedDocument {
  readonly name: string;
  readonly body: string;
  readonly entry: DocumentEntry;
}

/** The bytes of a document, with what the publisher has to know about it. */
export function encodeDocument(document: SnapshotDocument): EncodedDocument {
  const body = JSON.stringify(document);
  const entry = { hash: hashDocument(body), requires: toRequired(document), workspaceSlug: toWorkspaceSlug(document) };
  return { name: toDocumentName(document), body, entry };
}

function toRequired(document: SnapshotDocument): readonly string[] {
  switch (document.kind) {
    case 'workspace':
      return document.routes.map((route) => documentNames.server(route.serverId));
    case 'server':
    case 'authorization_server':
    case 'organization':
    case 'limits':
      return [];
    case 'consents':
      return [documentNames.workspace(document.workspaceId)];
    case 'connections':
      return [documentNames.server(document.serverId)];
  }
}

function toWorkspaceSlug(document: SnapshotDocument): string | null {
  return document.kind === 'workspace' ? document.slug : null;
}
