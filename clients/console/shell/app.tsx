import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { RouterProvider } from '@tanstack/react-router';
import { Provider } from 'urql';
import { client } from '../api/client.ts';
import { readNonce } from '../api/page-facts.ts';
import { refreshOnReturn } from '../api/refresh.ts';
import { router } from '../router.ts';
import { theme, variables } from './theme.ts';

refreshOnReturn();

/** Everything that pages stand on. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={readNonce}>
      <Provider value={client}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          <RouterProvider router={router} />
        </ModalsProvider>
      </Provider>
    </MantineProvider>
  );
}
