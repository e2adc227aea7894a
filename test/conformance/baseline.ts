/** A frozen set of the official suite, named by the protocol revision it belongs to and runs at. */
export type RequirementSet = '2025-11-25' | '2026-07-28';

/** Passed and failed checks of a scenario. */
export interface Score {
  readonly passed: number;
  readonly failed: number;
}

/**
 * What the fixture scores when it is measured directly: the least it may score, so that a fixture that rots cannot make the gateway look
 * transparent. A failed check is one of the suite's optional tasks extension, which the SDK's server does not have.
 */
export const BASELINE: Readonly<Record<RequirementSet, ReadonlyMap<string, Score>>> = {
  '2025-11-25': new Map([
    ...clean(2, [
      'logging-set-level', 'ping', 'completion-complete', 'tools-call-simple-text', 'tools-call-image', 'tools-call-audio',
      'tools-call-embedded-resource', 'tools-call-mixed-content', 'tools-call-with-logging', 'tools-call-error', 'tools-call-with-progress',
      'tools-call-sampling', 'tools-call-elicitation', 'server-sse-multiple-streams', 'resources-list', 'resources-read-text',
      'resources-read-binary', 'resources-templates-read', 'resources-subscribe', 'resources-unsubscribe', 'prompts-list',
      'prompts-get-simple', 'prompts-get-with-args', 'prompts-get-embedded-resource', 'prompts-get-with-image', 'dns-rebinding-protection',
    ]),
    ...clean(3, ['server-initialize', 'tools-list', 'server-session-lifecycle', 'server-sse-polling']),
    ...clean(6, ['elicitation-sep1034-defaults', 'elicitation-sep1330-enums']),
    ...clean(8, ['json-schema-2020-12']),
  ]), // prettier-ignore
  '2026-07-28': new Map([
    ...clean(1, ['server-sse-multiple-streams']),
    ...clean(2, [
      'completion-complete', 'tools-call-simple-text', 'tools-call-image', 'tools-call-audio', 'tools-call-embedded-resource',
      'tools-call-mixed-content', 'tools-call-error', 'tools-call-with-progress', 'resources-list', 'resources-read-text',
      'resources-read-binary', 'resources-templates-read', 'prompts-list', 'prompts-get-simple', 'prompts-get-with-args',
      'prompts-get-embedded-resource', 'prompts-get-with-image', 'dns-rebinding-protection', 'input-required-result-missing-input-response',
      'input-required-result-result-type', 'input-required-result-unsupported-methods', 'input-required-result-tampered-state',
      'input-required-result-capability-check', 'input-required-result-ignore-extra-params',
    ]),
    ...clean(3, [
      'input-required-result-basic-elicitation', 'input-required-result-basic-sampling', 'input-required-result-basic-list-roots',
      'input-required-result-request-state', 'input-required-result-multiple-input-requests', 'input-required-result-non-tool-request',
      'input-required-result-validate-input',
    ]),
    ...clean(4, ['tools-list', 'sep-2164-resource-not-found', 'input-required-result-multi-round']),
    ...clean(8, ['caching', 'json-schema-2020-12']),
    ...clean(10, ['http-custom-header-server-validation']),
    ...clean(14, ['http-header-validation']),
    ...clean(30, ['server-stateless']),
    ['tasks-lifecycle', { passed: 1, failed: 8 }],
    ['tasks-capability-negotiation', { passed: 1, failed: 4 }],
    ['tasks-wire-fields', { passed: 1, failed: 3 }],
    ['tasks-request-state-removal', { passed: 1, failed: 1 }],
    ['tasks-mrtr-input', { passed: 1, failed: 3 }],
    ['tasks-request-headers', { passed: 2, failed: 3 }],
    ['tasks-dispatch-and-envelope', { passed: 3, failed: 6 }],
    ['tasks-status-notifications', { passed: 0, failed: 0 }],
    ['tasks-required-task-error', { passed: 1, failed: 1 }],
    ['tasks-mrtr-composition', { passed: 1, failed: 1 }],
  ]), // prettier-ignore
};

function clean(passed: number, scenarios: readonly string[]): [string, Score][] {
  return scenarios.map((scenario) => [scenario, { passed, failed: 0 }]);
}
