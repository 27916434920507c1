/** How a promise failed: its message, and the code of the network error behind it. */
export async function failure(
  promise: Promise<unknown>,
): Promise<{ code?: string; message: string }> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: Error) => reason,
  );
  const cause = error.cause as { code?: string } | undefined;
  return { message: error.message, ...(cause?.code === undefined ? {} : { code: cause.code }) };
}
