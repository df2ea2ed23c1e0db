import { PAGE_GROUND } from './grounds.ts';
import type { LogoFile } from './operator-files.ts';

interface Icon {
  src: string;
  sizes: string;
  type: string;
  purpose?: 'maskable';
}

/** Made by scripts/icons.ts. */
const OWN_ICONS: readonly Icon[] = [
  { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
  { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
  { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
  { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
];

/** The web app manifest (W3C) of a deployment. `lang`: BCP 47. */
export function webManifest({
  name,
  logo,
}: {
  name: string;
  logo: Pick<LogoFile, 'sizes' | 'type'> | undefined;
}) {
  return {
    id: '/',
    name,
    start_url: '/',
    scope: '/',
    display: 'standalone',
    // The splash screen: dark first, whatever was chosen.
    background_color: PAGE_GROUND.dark,
    theme_color: PAGE_GROUND.dark,
    icons: logo ? [{ src: '/logo', sizes: logo.sizes, type: logo.type }] : OWN_ICONS,
  };
}
