import type { Body } from '@runledger/http';
import { Fault } from '@runledger/kernel';

/** A field that is there twice is no field (RFC 6749, 3.2). @throws Fault invalid HTTP_BAD_INPUT */
export function formFieldsOf({ bytes }: Body): Record<string, string> {
  const pairs = [...new URLSearchParams(bytes.toString())];
  const fields = Object.fromEntries(pairs);
  if (Object.keys(fields).length !== pairs.length)
    throw new Fault('invalid', 'HTTP_BAD_INPUT', 'no field may be there twice');
  return fields;
}
