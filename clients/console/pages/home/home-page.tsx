import { Navigate } from '@tanstack/react-router';
import { useViewer } from '../../api/viewer.ts';

/** Leads to where the person's work begins: the hub for who looks after it, their servers for everybody else. */
export function HomePage() {
  const { isOverseer, isManager } = useViewer();
  return <Navigate to={isOverseer || isManager ? '/servers' : '/my-servers'} replace />;
}
