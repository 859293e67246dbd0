export { demoEstate } from './demoEstate.ts';
export * from './directoryRows.ts';
export * from './encryptionRows.ts';
export * from './keyRows.ts';
export * from './rows.ts';
