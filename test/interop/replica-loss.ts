import type { RunningGateway } from '../support/start-gateway.ts';
import type { Destination, InteropClient, Session } from './session.ts';
import type { Surface } from './upstreams.ts';

/** A client that is connected when its replica dies. */
export interface Bereaved {
  readonly client: InteropClient;
  readonly server: string;
  readonly destination: Destination;
  readonly surface: Surface;
  /** Whether its session goes on at another replica. If not, it ends cleanly, and the client starts again. */
  readonly goesOn: boolean;
}

/** How it went for one of them. */
export interface LossVerdict {
  readonly bereaved: Bereaved;
  /** What went wrong, or undefined. */
  readonly fault: string | undefined;
}

/** How long a client may take to find out, in milliseconds. */
const DEADLINE_MS = 20_000;

/** Connects clients to the first replica, kills it, and sees what they can do through the second. */
export async function loseReplica(gateway: RunningGateway, all: readonly Bereaved[]): Promise<readonly LossVerdict[]> {
  const [first, second] = gateway.replicas;
  gateway.setReplicas([first!.url]);
  const sessions: Session[] = [];
  for (const one of all) {
    const session = await one.client.connect(one.destination);
    await call(session, one.surface);
    sessions.push(session);
  }
  gateway.dataPlanes[0]!.kill('SIGKILL');
  await gateway.dataPlanes[0]!.exited;
  gateway.setReplicas([second!.url]);
  return Promise.all(all.map(async (bereaved, i) => ({ bereaved, fault: await findFault(bereaved, sessions[i]!) })));
}

async function findFault({ client, destination, surface, goesOn }: Bereaved, session: Session): Promise<string | undefined> {
  const failure = await call(session, surface).then(() => undefined, String);
  void session.close().catch(() => undefined); // what it says to a session that is gone does not matter
  if (goesOn) return failure;
  if (failure === undefined) return 'the session went on, though the process that kept it is gone';
  if (failure.includes('took longer')) return failure;
  const again = await client.connect(destination);
  const fault = await call(again, surface).then(() => undefined, String);
  await again.close();
  return fault;
}

async function call(session: Session, { echo }: Surface): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`took longer than ${DEADLINE_MS} ms`)), DEADLINE_MS);
  const answer = await Promise.race([session.callTool(echo.name, echo.args), late]).finally(() => clearTimeout(timer));
  if (!answer.includes(echo.contains)) throw new Error(`${JSON.stringify(echo.contains)} is not in ${answer.slice(0, 300)}`);
}
