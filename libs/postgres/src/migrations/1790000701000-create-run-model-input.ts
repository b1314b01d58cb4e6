import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Logged models that runs read. */
export class CreateRunModelInput1790000701000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.run_model_input (
        workspace text not null,
        run text collate "C" not null,
        logged_model text collate "C" not null,
        from_off bigint not null,
        from_ord int not null,
        from_time timestamptz not null,
        from_actor text not null,
        primary key (workspace, run, logged_model)
      );
      create index run_model_input_of_model on read.run_model_input (workspace, logged_model);`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}
