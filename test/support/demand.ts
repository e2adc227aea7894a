/** Asks the process that runs the tests for a service all of them share (see global-setup.ts). */
export async function demand<Answer>(address: string, service: 'postgres' | 'gateway' | 'place'): Promise<Answer> {
  const response = await fetch(`${address}/${service}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} did not start: ${text}`);
  return JSON.parse(text) as Answer;
}
