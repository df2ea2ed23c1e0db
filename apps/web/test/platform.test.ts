import { expect, test } from 'vitest';
import { helpFor } from '../src/lib/device-help.ts';
import { platformOf, type Platform } from '../src/lib/platform.ts';
import { english } from './whole-language.ts';

const KIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const AGENTS: readonly [string, Platform['browser'], Platform['system']][] = [
  ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'firefox', 'other'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36',
    'chrome',
    'windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0',
    'edge',
    'windows',
  ],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${KIT} Version/26.1 Safari/605.1.15`, 'safari', 'macos'],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) ${KIT} CriOS/156.0 Mobile/15E148 Safari/604.1`,
    'chrome',
    'ios',
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) ${KIT} FxiOS/153.0 Mobile/15E148 Safari/605.1.15`,
    'firefox',
    'ios',
  ],
  [
    'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36',
    'chrome',
    'android',
  ],
  ['Lynx/2.9', 'other', 'other'],
];

test.each(AGENTS)('[U50] %s is %s on %s', (userAgent, browser, system) => {
  expect(platformOf({ userAgent, maxTouchPoints: 0 })).toEqual({ browser, system });
});

test('[U50] user-agent data say more than the string, which is the same in all of Chromium', () => {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36';
  const brands = [{ brand: 'Not A;Brand' }, { brand: 'Chromium' }, { brand: 'Microsoft Edge' }];
  const userAgentData = { brands, platform: 'macOS' };
  expect(platformOf({ userAgent, userAgentData, maxTouchPoints: 0 })).toEqual({
    browser: 'edge',
    system: 'macos',
  });
});

test('[U50] an iPad that says it is a Mac has a touch screen', () => {
  const userAgent = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${KIT} Version/26.1 Safari/605.1.15`;
  expect(platformOf({ userAgent, maxTouchPoints: 5 }).system).toBe('ios');
});

const help = (
  reason: Parameters<typeof helpFor>[0],
  browser: Platform['browser'],
  system: Platform['system'],
) => helpFor(reason, { browser, system }, english);

test('[U51] M01 a block is lifted at another place in each browser', () => {
  const places = [
    help('media-refused', 'chrome', 'windows'),
    help('media-refused', 'edge', 'windows'),
    help('media-refused', 'firefox', 'other'),
    help('media-refused', 'safari', 'macos'),
    help('media-refused', 'safari', 'ios'),
    help('media-refused', 'chrome', 'android'),
  ];
  expect(places).not.toContain(undefined);
  expect(new Set(places).size).toBe(places.length);
  expect(help('media-refused', 'chrome', 'ios')).toBe(help('media-refused', 'safari', 'ios'));
  expect(help('media-refused', 'firefox', 'android')).toBe(help('media-refused', 'firefox', 'other'));
  expect(help('media-refused', 'other', 'other')).toBeUndefined();
});

test('[U51] M01 what the system keeps back is given in its own settings, whatever the browser calls it', () => {
  expect(help('media-system', 'chrome', 'macos')).toMatch(/System Settings/);
  expect(help('media-system', 'chrome', 'windows')).toMatch(/Privacy & security/);
  expect(help('media-system', 'chrome', 'other')).toBeUndefined();
  expect(help('media-busy', 'chrome', 'windows')).toMatch(/Privacy & security/);
  expect(help('media-busy', 'chrome', 'macos')).toBeUndefined();
  expect(help('media-missing', 'firefox', 'macos')).toMatch(/System Settings/);
  expect(help('media-missing', 'chrome', 'macos')).toBeUndefined();
});

test('[U51] a prompt that was closed needs no instructions', () => {
  expect(help('media-dismissed', 'chrome', 'windows')).toBeUndefined();
});
