import type { Component } from 'svelte';
import type { ReactiveCall } from '../call.svelte.ts';
import type { Messages } from '../i18n/messages/en.ts';
import type { OwnDevices } from '../own-devices.svelte.ts';
import type { Preferences } from '../preferences.ts';
import type { HideAddress } from '../public-settings.ts';

/** What the sections of the settings read and change; each takes what it is about. */
export interface SettingsParts {
  call: ReactiveCall;
  own: OwnDevices;
  preferences: Preferences;
  prefer: (change: Partial<Preferences>) => void;
  /** Whether there is a relay to hide behind. */
  hideAddress: HideAddress;
  /** Whether this place takes reports. */
  reports: boolean;
  /** Ends everything and deletes what this browser knows of its user. */
  forget: () => void;
}

/** The groups of words that have a title of their own. */
type Titled = {
  [Name in keyof Messages['settings']]: Messages['settings'][Name] extends { title: string } ? Name : never;
}[keyof Messages['settings']];

/** One section: a component, and a line in `SettingsDialog`. */
export interface SettingsSection {
  /** Of its words, which have a `title`. */
  name: Titled;
  component: Component<{ parts: SettingsParts }>;
  /** Whether there is anything to set here; absent: always. */
  isOffered?: (parts: SettingsParts) => boolean;
}
