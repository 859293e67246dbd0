export { demoEstate } from './demoEstate.ts';
export * from './rows.ts';
