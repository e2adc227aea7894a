import { NavLink } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useViewer } from '../api/viewer.ts';
import { findNavigation } from './navigation.ts';
import classes from './shell.module.css';

/** The pages that the person may see, under their headings. */
export function NavigationLinks() {
  const entries = findNavigation(useViewer());
  const sections = Map.groupBy(entries, ({ section }) => section);
  return [...sections].map(([section, members]) => (
    <div key={section}>
      <div className={classes.section}>{section}</div>
      {members.map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} style={{ textDecoration: 'none', color: 'inherit' }} tabIndex={-1}>
          {({ isActive }: { isActive: boolean }) => (
            <NavLink component="span" label={label} leftSection={<Icon size={18} />} active={isActive} />
          )}
        </Link>
      ))}
    </div>
  ));
}
