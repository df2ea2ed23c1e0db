import { pseudoMessages } from '../pseudo.ts';
import * as en from './en.ts';

export const site: typeof en.site = pseudoMessages(en.site);
export const reading: typeof en.reading = pseudoMessages(en.reading);
export const session: typeof en.session = pseudoMessages(en.session);
