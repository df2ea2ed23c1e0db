/** What all servers of the campaigns share; the guest passes of their people are signed with it. */
export const SECRET = 'the secret of a deployment that lasts for one campaign';
