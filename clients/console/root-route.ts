import { createRootRoute } from '@tanstack/react-router';
import { MissingPage } from './parts/missing-page.tsx';
import { Shell } from './shell/shell.tsx';

/** The frame; every page is a child of it. */
export const rootRoute = createRootRoute({ component: Shell, notFoundComponent: MissingPage });
