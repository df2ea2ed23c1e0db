import type { PartnerLeftReason } from '@passerby/protocol';

/** How a match ended that the user did not end; without its full stop. */
export const PARTINGS: Readonly<Record<PartnerLeftReason, string>> = {
  skipped: 'The stranger moved on',
  left: 'The stranger left',
  ended: 'The stranger left',
  lost: 'The connection to the stranger was lost',
  moderated: 'This conversation was ended by a moderator',
  failed: 'We could not connect you two',
};
