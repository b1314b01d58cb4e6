import { randomInt } from 'node:crypto';

const QUALITIES =
  'able amber bold brave bright brisk calm candid clear clever crisp curious deft eager early fair fleet fond gentle glad golden grand happy hardy honest keen kind light lively lucid lucky mellow merry mild neat nimble noble open placid plain proud quick quiet rapid ready robust sage serene sharp silent silver smart smooth sober solid steady still stout sunny swift tidy true vivid warm wise witty young zesty'.split(
    ' ',
  );
const THINGS =
  'acorn alder anchor arrow aspen aurora badger basin beacon birch bison brook canyon cedar cliff comet coral crane creek delta dune eagle ember falcon fern finch fjord fox glacier grove harbor hawk hazel heron island jay juniper lagoon lark linden lotus lynx maple marten meadow mesa moose moss nova oak orchid osprey otter owl pebble pine plover poplar prairie puffin quartz quail raven reed ridge river robin rowan sable sparrow spruce stork summit swan thicket thrush tide trout tulip valley walnut willow wren yew'.split(
    ' ',
  );

/** A name for a run that was given none. */
export function inventRunName(): string {
  const pick = (words: readonly string[]): string => words[randomInt(words.length)] ?? '';
  return `${pick(QUALITIES)}-${pick(THINGS)}-${randomInt(1_000)}`;
}
