import { Link } from '@tanstack/react-router';
import icon from '../icon.svg';
import { texts } from '../texts/shell.ts';
import classes from './shell.module.css';

export function Logo() {
  return (
    <Link to="/" className={classes.logo}>
      <img src={icon} alt="" width={26} height={26} />
      <span>{texts.product}</span>
    </Link>
  );
}
