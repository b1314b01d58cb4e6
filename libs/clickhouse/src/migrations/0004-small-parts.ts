/**
 * On one machine only, where the engine waits for the disk at every insert.
 *
 * Nothing lost: the embedded engine deletes merged parts at its next look (its `old_parts_lifetime` is 0 s, not ClickHouse's 480), and
 * did not wait for the disk when it merged. A power cut would have taken the merged part when the parts that it was made of were gone.
 * Now a merged part is on the disk before its sources go.
 *
 * Nobody held up: its first look came after 30 s, and hundreds of folders removed by 128 threads at once let whoever wanted to store wait for
 * a second. Now it looks every second, in one thread.
 *
 * Fewer files: 10 a part instead of 14, each of which is waited for.
 */
export const smallPartsOf = (table: string): string => `
alter table ${table}
  modify setting
    min_rows_to_fsync_after_merge = 1,
    cleanup_delay_period = 1,
    cleanup_delay_period_random_add = 0,
    max_cleanup_delay_period = 2,
    cleanup_thread_preferred_points_per_iteration = 20,
    concurrent_part_removal_threshold = 100000,
    packed_skip_index_max_bytes = 65536,
    write_marks_for_substreams_in_compact_parts = 0`;
