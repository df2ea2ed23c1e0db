import type { CallView } from '@passerby/call';
import { DEFAULT_WISHES } from '@passerby/protocol';
import { expect, test } from 'vitest';
import { FakeClock } from '../../../packages/call/test/fake-clock.ts';
import { FakeSafety } from '../states/fake-safety.ts';
import { cardFor, type Against } from '../src/lib/card.ts';
import { controlsFor } from '../src/lib/controls.ts';
import { openSafety } from '../src/lib/safety/open-safety.ts';
import { Reporting, type SafetyNews } from '../src/lib/safety/reporting.ts';
import type { Report } from '../src/lib/safety/safety-client.ts';
import { IDLE_VIEW } from './fake-call.ts';
import { english as m } from './whole-language.ts';

const FIVE_MINUTES_MS = 300_000;

function reportOn(matchId: string): Report {
  return { matchId, reason: 'danger', note: '', withTexts: true };
}

function textsOf(matchId: string, startedAt: number, endedAt?: number): Pick<CallView, 'textLog'> {
  return {
    textLog: {
      matchId,
      mode: 'video',
      shared: { interests: [], languages: [] },
      wishes: DEFAULT_WISHES,
      startedAt,
      lines: [],
      partnerTyping: false,
      ...(endedAt !== undefined && { endedAt }),
    },
  };
}

function scene(safety: FakeSafety) {
  const clock = new FakeClock();
  const reporting = new Reporting(safety, clock);
  return {
    clock,
    reporting,
    safety,
    meet: (matchId: string) => reporting.note(textsOf(matchId, clock.now())),
    part: (matchId: string) => reporting.note(textsOf(matchId, clock.now(), clock.now())),
  };
}

test('[U90] where no server takes reports nothing offers them, and none does yet', async () => {
  expect(openSafety()).toBeUndefined();
  const reporting = new Reporting(undefined, new FakeClock());
  reporting.note(textsOf('m1', 0));
  expect(reporting.isOffered).toBe(false);
  expect(reporting.against).not.toContain('report');
  expect(reporting.against).toEqual([]);
  await reporting.block();
  expect(reporting.news).toBeUndefined();
  reporting.ask();
  expect(reporting.subjects).toBeUndefined();
  expect(await reporting.send(reportOn('m1'))).toBe(false);
  const parted = controlsFor(
    { ...IDLE_VIEW, state: { status: 'parted', wishes: DEFAULT_WISHES, reason: 'left', paused: false } },
    'video',
    m,
  );
  const ways = (...against: Against[]) =>
    parted.card && cardFor(parted.card, ['video'], against).ways.map(({ way }) => way);
  expect(ways()).toEqual(['pause']);
  expect(ways('report', 'block')).toEqual(['pause', 'report', 'block']);
});

test('[U91] S01 whoever is met can be reported from the match on and for 5 minutes after it', async () => {
  const { clock, reporting, meet, part } = scene(new FakeSafety());
  expect(reporting.against).not.toContain('report');
  reporting.ask();
  expect(reporting.subjects).toBeUndefined();
  meet('m1');
  await clock.pass(10 * FIVE_MINUTES_MS);
  expect(reporting.against).toContain('report');
  part('m1');
  await clock.pass(FIVE_MINUTES_MS - 1);
  expect(reporting.against).toContain('report');
  await clock.pass(1);
  expect(reporting.against).not.toContain('report');
});

test('[U91] the one before can be reported too, also where the next came at once', () => {
  const { clock, reporting, meet } = scene(new FakeSafety());
  meet('m1');
  meet('m2');
  meet('m3');
  reporting.ask();
  expect(reporting.subjects).toEqual([
    { matchId: 'm3', endedAt: undefined },
    { matchId: 'm2', endedAt: clock.now() },
  ]);
});

test('[U91] who it is about does not change while the report is made', () => {
  const { reporting, meet, part } = scene(new FakeSafety());
  meet('m1');
  reporting.ask();
  const { subjects } = reporting;
  part('m1');
  meet('m2');
  reporting.ask();
  expect(reporting.subjects).toBe(subjects);
  reporting.cancel();
  expect(reporting.subjects).toBeUndefined();
});

test('[U92] a report that arrived is thanked for, for a while, and cannot be made twice', async () => {
  const { clock, reporting, safety, meet } = scene(new FakeSafety());
  meet('m1');
  reporting.ask();
  expect(await reporting.send(reportOn('m1'))).toBe(true);
  expect(safety.reports).toEqual([reportOn('m1')]);
  expect(reporting.news).toBe('reported');
  expect(reporting.subjects).toBeUndefined();
  expect(reporting.against).not.toContain('report');
  await clock.pass(5_999);
  expect(reporting.news).toBe('reported');
  await clock.pass(1);
  expect(reporting.news).toBeUndefined();
});

test('[U92] a report that did not arrive is not said to have: it is still being made, and can be sent again', async () => {
  const { clock, reporting, safety, meet } = scene(new FakeSafety('fails'));
  meet('m1');
  reporting.ask();
  expect(await reporting.send(reportOn('m1'))).toBe(false);
  expect(reporting.news).toBeUndefined();
  expect(reporting.against).toContain('report');
  expect(reporting.subjects).toHaveLength(1);
  safety.fate = 'arrives';
  expect(await reporting.send(reportOn('m1'))).toBe(true);
  reporting.close();
  expect(clock.pending).toBe(0);
});

test('[U92] the thanks stand on the screen only then', () => {
  const thanks = (safetyNews?: SafetyNews) => controlsFor(IDLE_VIEW, 'video', m, { safetyNews }).thanks;
  expect(thanks('reported')).toBe('Thanks. You will not meet this person again.');
  expect(thanks()).toBeUndefined();
});

test('[U123] S02 who is here, or was last, can be blocked: once, for 5 minutes after the match, and not who was reported', async () => {
  const { clock, reporting, safety, meet, part } = scene(new FakeSafety());
  expect(reporting.against).toEqual([]);
  meet('m1');
  expect(reporting.against).toEqual(['report', 'block']);
  void reporting.block();
  void reporting.block();
  await clock.pass(0);
  expect(safety.blocks).toEqual(['m1']);
  // Whoever also broke a rule can be reported.
  expect(reporting.against).toEqual(['report']);
  meet('m2');
  part('m2');
  expect(reporting.against).toEqual(['report', 'block']);
  await clock.pass(FIVE_MINUTES_MS);
  expect(reporting.against).toEqual([]);
  meet('m3');
  await reporting.send(reportOn('m3'));
  expect(reporting.against).toEqual([]);
});

test('[U123] that somebody will not be met again is said once the server has it, and else that it has not', async () => {
  const { clock, reporting, safety, meet } = scene(new FakeSafety('fails'));
  const said = () => {
    const { thanks, notices } = controlsFor(IDLE_VIEW, 'video', m, { safetyNews: reporting.news });
    return { thanks, notices };
  };
  meet('m1');
  await reporting.block();
  expect(said()).toEqual({
    thanks: undefined,
    notices: ['The stranger could not be blocked. You can still report them.'],
  });
  expect(reporting.against).toEqual(['report', 'block']);
  safety.fate = 'arrives';
  await reporting.block();
  expect(said()).toEqual({ thanks: 'Blocked. You will not meet this person again.', notices: [] });
  await clock.pass(6_000);
  expect(said()).toEqual({ thanks: undefined, notices: [] });
});
