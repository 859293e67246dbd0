import process from 'node:process';

/**
 * Loaded before the bot (`--import`): a demo that was killed can't stop it, and it would go on calling a
 * simulated Azure that is gone. When the channel to its parent closes, it stops as it does on a signal.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// waiting for that alone must not keep it alive
process.channel?.unref();
