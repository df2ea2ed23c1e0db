/** Largest session description that is relayed, in characters (a browser's audio+video offer is about 5,600). */
export const SDP_LENGTH_MAX = 32_768;
/** Largest ICE candidate line, in characters (browsers stay below 100; the rest is room for extensions). */
export const CANDIDATE_LENGTH_MAX = 512;
/** Longest text message, in characters. */
export const TEXT_LENGTH_MAX = 500;
/** Most interests one wish may name. */
export const INTERESTS_MAX = 10;
/** Longest interest, in characters, as it is compared. */
export const INTEREST_LENGTH_MAX = 30;
/** Longest interest or language tag that is looked at, in UTF-16 units, before it is brought into its form. */
export const WISH_RAW_LENGTH_MAX = 200;
/** Most languages one wish may name. */
export const LANGUAGES_MAX = 5;
/** Largest token a client may present, in characters (a Firebase ID token is about 1,000). */
export const TOKEN_LENGTH_MAX = 8_192;
/** Version of what travels beside the plain wire protocol; sent by our own client as `auth.protocol`. */
export const PROTOCOL_VERSION = 1;
