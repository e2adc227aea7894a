import { productVersion } from '../foundation/product-version.ts';

/** How the gateway names itself to upstreams where it speaks for nobody else. */
export const GATEWAY_INFO = { name: 'sluice', title: 'Sluice gateway', version: productVersion } as const;
