// What the suite starts as the client under test, with the address of its server behind. The gateway is in the process of the lane, so this
// one says what is to be done and how it ended.
const url = process.argv.at(-1);
const { MCP_CONFORMANCE_SCENARIO: scenario, MCP_CONFORMANCE_CONTEXT: context, SLUICE_CONFORMANCE_LANE: lane } = process.env;
if (lane === undefined) throw new Error('This is started by npm run conformance');
const answer = await fetch(lane, {
  method: 'POST',
  body: JSON.stringify({ scenario, url, context: JSON.parse(context ?? '{}') as unknown }),
});
process.stdout.write(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
