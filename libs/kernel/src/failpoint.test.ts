import { armFailpoint, failpoint } from './failpoint';

describe('a fail point', () => {
  const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  afterEach(() => {
    armFailpoint(undefined);
    kill.mockClear();
  });

  it('does nothing unless it is armed', () => {
    failpoint('range.after-insert');
    armFailpoint('');
    failpoint('range.after-insert');
    armFailpoint('range.before-offset');
    failpoint('range.after-insert');
    expect(kill).not.toHaveBeenCalled();
  });

  it('kills the process at the nth time it is passed, once', () => {
    armFailpoint('range.after-insert:3');
    for (let i = 0; i < 2; i++) failpoint('range.after-insert');
    expect(kill).not.toHaveBeenCalled();
    for (let i = 0; i < 5; i++) failpoint('range.after-insert');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
  });

  it('may stop it instead', () => {
    armFailpoint('relay.after-publish:1:SIGSTOP');
    failpoint('relay.after-publish');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGSTOP']]);
  });
});
