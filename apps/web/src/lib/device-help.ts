import type { CallErrorReason } from '@passerby/call';
import type { Messages } from './i18n/messages/en.ts';
import type { Platform } from './platform.ts';

/** Where in this browser, or on this system, the cause is put right; undefined where the card's text says it all. */
export function helpFor(
  reason: CallErrorReason,
  { browser, system }: Platform,
  { deviceHelp }: Messages,
): string | undefined {
  switch (reason) {
    case 'media-refused':
      // Every browser of iOS has Safari's settings, and of Android its browser's own.
      if (system === 'ios') return deviceHelp.blocked.ios;
      if (system === 'android' && browser !== 'firefox') return deviceHelp.blocked.android;
      return browser === 'other' ? undefined : deviceHelp.blocked[browser];
    case 'media-system':
      return system === 'other' ? undefined : deviceHelp.system[system];
    case 'media-busy':
      // Windows reports what its privacy settings keep back as if a program had taken it.
      return system === 'windows' ? deviceHelp.system.windowsBusy : undefined;
    case 'media-missing':
      // As Firefox does on a Mac.
      return browser === 'firefox' && system === 'macos' ? deviceHelp.system.macMissing : undefined;
    default:
      return undefined;
  }
}
