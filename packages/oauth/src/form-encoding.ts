/** One value as `application/x-www-form-urlencoded` has it. */
export function formEncoded(text: string): string {
  return new URLSearchParams({ t: text }).toString().slice(2);
}
