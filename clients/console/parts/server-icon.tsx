import { useState } from 'react';
import classes from './server-icon.module.css';

interface ServerIconProps {
  /** What the server is called; its name stands beside the icon. */
  readonly name: string;
  /** A path of the control plane, or a data: URL; the first letter of the name without one. */
  readonly src: string | null | undefined;
  /** In pixels. */
  readonly size?: number;
}

/** What a server looks like. It says nothing that the name beside it does not, so nobody is read it. */
export function ServerIcon({ name, src, size = 28 }: ServerIconProps) {
  const [broken, setBroken] = useState<string>();
  if (src != null && src !== broken)
    return (
      <img className={`${classes.icon} ${classes.image}`} src={src} alt="" width={size} height={size} onError={() => setBroken(src)} />
    );
  const [letter = ''] = name.trim();
  return (
    <span className={`${classes.icon} ${classes.letter}`} style={{ width: size, height: size, fontSize: size * 0.5 }} aria-hidden>
      {letter.toUpperCase()}
    </span>
  );
}
