// Plain JavaScript, because a Node that is too old for the rest cannot load a .ts file to say so.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    'Keysmith needs Node 22.18 or newer (24 LTS is best); this is Node ' +
      process.versions.node +
      '.\n' +
      'On Linux x64 `npm ci` brings a fitting one along, unless optional dependencies are switched off.\n' +
      'Elsewhere install it from https://nodejs.org and try again.',
  );
  process.exit(1);
}
