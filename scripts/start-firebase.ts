import { startAuthEmulator } from '../tools/auth-emulator/start.ts';
import { ensureWebBuild } from './web-build.ts';

// The same as `start`, with accounts of a Firebase Auth emulator on this machine instead of guest passes.
await ensureWebBuild();
const emulator = await startAuthEmulator();
process.env['FIREBASE_AUTH_EMULATOR_HOST'] = emulator.host;
process.env['FIREBASE_PROJECT_ID'] = emulator.projectId;
process.env['PUBLIC_FIREBASE_AUTH_EMULATOR'] = `http://${emulator.host}`;
process.env['PUBLIC_FIREBASE_CONFIG'] = JSON.stringify({
  apiKey: 'emulator',
  projectId: emulator.projectId,
  authDomain: emulator.host,
});
await import('../apps/signaling/src/main.ts');
