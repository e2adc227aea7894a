/** How the gateway names itself to upstreams where it speaks for nobody else. */
export const GATEWAY_INFO = { name: 'sluice', title: 'Sluice gateway', version: '0.1.0' } as const;
