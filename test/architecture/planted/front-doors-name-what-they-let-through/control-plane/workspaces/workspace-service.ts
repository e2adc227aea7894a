export class WorkspaceService {}
