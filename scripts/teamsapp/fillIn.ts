import { err, ok } from '../../src/domain/result.ts';
import type { Result } from '../../src/domain/result.ts';

/**
 * Replaces every `${{NAME}}` in a manifest by that variable, as the Microsoft 365 Agents Toolkit does.
 * A value is escaped as part of a JSON string, so no value can change the shape of the manifest.
 * @returns the text, or all the names that are missing or empty
 */
export function fillIn(
  text: string,
  variables: Record<string, string | undefined>,
): Result<string, string[]> {
  const missing = new Set<string>();
  const filled = text.replace(/\$\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const value = variables[name]?.trim();
    if (!value) missing.add(name);
    return JSON.stringify(value ?? '').slice(1, -1);
  });
  return missing.size > 0 ? err([...missing]) : ok(filled);
}
