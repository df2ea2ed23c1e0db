/** The page's ground in app.css, by appearance. */
export const PAGE_GROUND = { dark: '#171522', light: '#f8f5ef' } as const;

/** Of all that text stands on, the ground that is nearest to its ink. */
export const RAISED_GROUND = { dark: '#2d2942', light: '#ece6da' } as const;
