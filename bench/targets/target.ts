/** The ways from the load generator to the upstream that are compared. `sluice-silent` is the gateway without the events of its calls. */
export type TargetName = 'direct' | 'nginx' | 'bare' | 'sdk' | 'sluice' | 'sluice-silent';

/** One of them, running. */
export interface Target {
  readonly name: TargetName;
  readonly port: number;
  /** The processes whose cost is measured; none where nothing stands between. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** Where a server's requests go: `/<workspace>/<server>/mcp` at every target is this path at this origin. */
export interface UpstreamRoute {
  readonly path: string;
  readonly origin: string;
}
