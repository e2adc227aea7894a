import { inject } from 'vitest';
import { demand } from './demand.ts';
import type { GatewayAddresses } from './start-gateway.ts';
import { World } from './world.ts';

/**
 * The run's own gateway, with two data planes, started when the first test asks for it. For tests that leave it as it was: they seed a
 * world of their own. Who stops a process, breaks a service or needs other settings starts a gateway of their own.
 */
export function useSharedGateway(): Promise<GatewayAddresses> {
  return demand<GatewayAddresses>(inject('servicesOnDemand'), 'gateway');
}

/** A fresh world on the shared gateway. */
export async function createWorld(): Promise<World> {
  return World.create(await useSharedGateway());
}
