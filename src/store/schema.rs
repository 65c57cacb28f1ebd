//! The tables as both databases have them; a test compares this file with the migrated schemas.

diesel::table! {
    /// One row of `customers`.
    customers (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `phone`.
        phone -> Text,
        /// Column `email`.
        email -> Text,
        /// Column `address`.
        address -> Text,
        /// Column `licence_number`.
        licence_number -> Text,
        /// Column `legal_representative`.
        legal_representative -> Text,
        /// Column `locale`.
        locale -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `contacts`.
    contacts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `customer_id`.
        customer_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `title`.
        title -> Text,
        /// Column `phone`.
        phone -> Text,
        /// Column `email`.
        email -> Text,
        /// Column `locale`.
        locale -> Text,
        /// Column `may_announce`.
        may_announce -> Bool,
        /// Column `receives_notices`.
        receives_notices -> Bool,
        /// Column `wants_reports`.
        wants_reports -> Bool,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `users`.
    users (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `login`.
        login -> Text,
        /// Column `display_name`.
        display_name -> Text,
        /// Column `email`.
        email -> Text,
        /// Column `role`.
        role -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `locale`.
        locale -> Text,
        /// Column `theme`.
        theme -> Text,
        /// Column `password_hash`.
        password_hash -> Nullable<Text>,
        /// Column `failed_logins`.
        failed_logins -> BigInt,
        /// Column `locked_until`.
        locked_until -> Nullable<BigInt>,
        /// Column `disabled_at`.
        disabled_at -> Nullable<BigInt>,
        /// Column `last_login_at`.
        last_login_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `sessions`.
    sessions (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `token_hash`.
        token_hash -> Text,
        /// Column `user_id`.
        user_id -> BigInt,
        /// Column `csrf_token`.
        csrf_token -> Text,
        /// Column `remote`.
        remote -> Text,
        /// Column `user_agent`.
        user_agent -> Text,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `last_seen_at`.
        last_seen_at -> BigInt,
        /// Column `expires_at`.
        expires_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `api_tokens`.
    api_tokens (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `user_id`.
        user_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `prefix`.
        prefix -> Text,
        /// Column `token_hash`.
        token_hash -> Text,
        /// Column `scope`.
        scope -> Text,
        /// Column `expires_at`.
        expires_at -> Nullable<BigInt>,
        /// Column `last_used_at`.
        last_used_at -> Nullable<BigInt>,
        /// Column `revoked_at`.
        revoked_at -> Nullable<BigInt>,
        /// Column `created_at`.
        created_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `setup_links`.
    setup_links (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `token_hash`.
        token_hash -> Text,
        /// Column `user_id`.
        user_id -> Nullable<BigInt>,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `expires_at`.
        expires_at -> BigInt,
        /// Column `used_at`.
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `login_attempts`.
    login_attempts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `login`.
        login -> Text,
        /// Column `remote`.
        remote -> Text,
        /// Column `at`.
        at -> BigInt,
        /// Column `outcome`.
        outcome -> Text,
    }
}

diesel::table! {
    /// One row of `audit_entries`.
    audit_entries (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `author_user_id`.
        author_user_id -> Nullable<BigInt>,
        /// Column `author_name`.
        author_name -> Text,
        /// Column `via`.
        via -> Text,
        /// Column `remote`.
        remote -> Text,
        /// Column `action`.
        action -> Text,
        /// Column `object_kind`.
        object_kind -> Text,
        /// Column `object_id`.
        object_id -> Nullable<BigInt>,
        /// Column `object_label`.
        object_label -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `detail`.
        detail -> Text,
        /// Column `previous_hash`.
        previous_hash -> Text,
        /// Column `entry_hash`.
        entry_hash -> Text,
    }
}

diesel::table! {
    /// One row of `outbox`.
    outbox (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `payload`.
        payload -> Text,
        /// Column `dedupe_key`.
        dedupe_key -> Nullable<Text>,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `not_before`.
        not_before -> BigInt,
        /// Column `attempts`.
        attempts -> BigInt,
        /// Column `lease_owner`.
        lease_owner -> Nullable<Text>,
        /// Column `lease_until`.
        lease_until -> Nullable<BigInt>,
        /// Column `done_at`.
        done_at -> Nullable<BigInt>,
        /// Column `dead_at`.
        dead_at -> Nullable<BigInt>,
        /// Column `last_error`.
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    /// One row of `task_runs`.
    task_runs (name) {
        /// Column `name`.
        name -> Text,
        /// Column `last_started_at`.
        last_started_at -> Nullable<BigInt>,
        /// Column `last_reason`.
        last_reason -> Text,
        /// Column `last_outcome`.
        last_outcome -> Text,
        /// Column `last_detail`.
        last_detail -> Text,
        /// Column `last_duration_ms`.
        last_duration_ms -> BigInt,
        /// Column `runs`.
        runs -> BigInt,
        /// Column `failures`.
        failures -> BigInt,
    }
}

diesel::table! {
    /// One row of `settings`.
    settings (name) {
        /// Column `name`.
        name -> Text,
        /// Column `value`.
        value -> Text,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `sites`.
    sites (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `time_zone`.
        time_zone -> Text,
        /// Column `address`.
        address -> Text,
        /// Column `contact`.
        contact -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `rooms`.
    rooms (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `grid_columns`.
        grid_columns -> BigInt,
        /// Column `grid_rows`.
        grid_rows -> BigInt,
        /// Column `tile_mm`.
        tile_mm -> BigInt,
        /// Column `aisles`.
        aisles -> Text,
    }
}

diesel::table! {
    /// One row of `racks`.
    racks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `room_id`.
        room_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `row_name`.
        row_name -> Text,
        /// Column `position_in_row`.
        position_in_row -> BigInt,
        /// Column `units`.
        units -> BigInt,
        /// Column `starting_unit`.
        starting_unit -> BigInt,
        /// Column `numbering`.
        numbering -> Text,
        /// Column `depth_mm`.
        depth_mm -> Nullable<BigInt>,
        /// Column `max_watts`.
        max_watts -> Nullable<BigInt>,
        /// Column `max_weight_g`.
        max_weight_g -> Nullable<BigInt>,
        /// Column `ownership`.
        ownership -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `width_mm`.
        width_mm -> Nullable<BigInt>,
        /// Column `grid_x`.
        grid_x -> Nullable<BigInt>,
        /// Column `grid_y`.
        grid_y -> Nullable<BigInt>,
        /// Column `rotation`.
        rotation -> BigInt,
        /// Column `contracted_watts`.
        contracted_watts -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `device_types`.
    device_types (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `manufacturer`.
        manufacturer -> Text,
        /// Column `model`.
        model -> Text,
        /// Column `slug`.
        slug -> Text,
        /// Column `height_half_units`.
        height_half_units -> BigInt,
        /// Column `full_depth`.
        full_depth -> Bool,
        /// Column `role`.
        role -> Text,
        /// Column `airflow`.
        airflow -> Text,
        /// Column `weight_g`.
        weight_g -> Nullable<BigInt>,
        /// Column `watts`.
        watts -> Nullable<BigInt>,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `part_number`.
        part_number -> Text,
        /// Column `subdevice_role`.
        subdevice_role -> Text,
        /// Column `passive`.
        passive -> Bool,
        /// Column `half_width`.
        half_width -> Bool,
    }
}

diesel::table! {
    /// One row of `devices`.
    devices (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `label`.
        label -> Text,
        /// Column `serial`.
        serial -> Nullable<Text>,
        /// Column `asset_tag`.
        asset_tag -> Nullable<Text>,
        /// Column `device_type_id`.
        device_type_id -> BigInt,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `status`.
        status -> Text,
        /// Column `rack_id`.
        rack_id -> Nullable<BigInt>,
        /// Column `position_half_units`.
        position_half_units -> Nullable<BigInt>,
        /// Column `face`.
        face -> Nullable<Text>,
        /// Column `cpu`.
        cpu -> Text,
        /// Column `memory_mib`.
        memory_mib -> Nullable<BigInt>,
        /// Column `disks`.
        disks -> Text,
        /// Column `nics`.
        nics -> Text,
        /// Column `warranty_until`.
        warranty_until -> Nullable<Text>,
        /// Column `protected`.
        protected -> Bool,
        /// Column `lock_reason`.
        lock_reason -> Nullable<Text>,
        /// Column `locked_by_user_id`.
        locked_by_user_id -> Nullable<BigInt>,
        /// Column `locked_at`.
        locked_at -> Nullable<BigInt>,
        /// Column `note`.
        note -> Text,
        /// Column `search_folded`.
        search_folded -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `half`.
        half -> Nullable<Text>,
        /// Column `chassis_id`.
        chassis_id -> Nullable<BigInt>,
        /// Column `bay`.
        bay -> Nullable<Text>,
        /// Column `purchased_on`.
        purchased_on -> Nullable<Text>,
        /// Column `role`.
        role -> Nullable<Text>,
    }
}

diesel::table! {
    /// One row of `bmc_endpoints`.
    bmc_endpoints (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `protocol`.
        protocol -> Text,
        /// Column `address`.
        address -> Text,
        /// Column `port`.
        port -> BigInt,
        /// Column `username`.
        username -> Text,
        /// Column `password_sealed`.
        password_sealed -> Binary,
        /// Column `kg_sealed`.
        kg_sealed -> Nullable<Binary>,
        /// Column `remembered_suite`.
        remembered_suite -> Nullable<BigInt>,
        /// Column `expected_guid`.
        expected_guid -> Nullable<Text>,
        /// Column `credential_fault`.
        credential_fault -> Nullable<Text>,
        /// Column `credential_fault_at`.
        credential_fault_at -> Nullable<BigInt>,
        /// Column `power_state`.
        power_state -> Text,
        /// Column `power_state_at`.
        power_state_at -> Nullable<BigInt>,
        /// Column `last_answer_at`.
        last_answer_at -> Nullable<BigInt>,
        /// Column `last_error`.
        last_error -> Nullable<Text>,
        /// Column `last_error_at`.
        last_error_at -> Nullable<BigInt>,
        /// Column `consecutive_failures`.
        consecutive_failures -> BigInt,
        /// Column `next_poll_at`.
        next_poll_at -> BigInt,
        /// Column `manufacturer_id`.
        manufacturer_id -> Nullable<BigInt>,
        /// Column `product_id`.
        product_id -> Nullable<BigInt>,
        /// Column `firmware`.
        firmware -> Nullable<Text>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `trust`.
        trust -> Text,
        /// Column `certificate_sha256`.
        certificate_sha256 -> Nullable<Text>,
        /// Column `certificate_refused`.
        certificate_refused -> Nullable<Text>,
        /// Column `privilege`.
        privilege -> Text,
        /// Column `lookup`.
        lookup -> Text,
        /// Column `suites`.
        suites -> Text,
        /// Column `allow_v15`.
        allow_v15 -> Bool,
    }
}

diesel::table! {
    /// One row of `power_intents`.
    power_intents (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `action`.
        action -> Text,
        /// Column `reason`.
        reason -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `state_detail`.
        state_detail -> Text,
        /// Column `requested_by_user_id`.
        requested_by_user_id -> Nullable<BigInt>,
        /// Column `requested_by_name`.
        requested_by_name -> Text,
        /// Column `via`.
        via -> Text,
        /// Column `remote`.
        remote -> Text,
        /// Column `idempotency_key`.
        idempotency_key -> Nullable<Text>,
        /// Column `unknown_state_confirmed`.
        unknown_state_confirmed -> Bool,
        /// Column `presence_acknowledged`.
        presence_acknowledged -> Bool,
        /// Column `approved_by_user_id`.
        approved_by_user_id -> Nullable<BigInt>,
        /// Column `approved_at`.
        approved_at -> Nullable<BigInt>,
        /// Column `observed_before`.
        observed_before -> Nullable<Text>,
        /// Column `observed_after`.
        observed_after -> Nullable<Text>,
        /// Column `command_sent_at`.
        command_sent_at -> Nullable<BigInt>,
        /// Column `requested_at`.
        requested_at -> BigInt,
        /// Column `not_before`.
        not_before -> BigInt,
        /// Column `deadline_at`.
        deadline_at -> Nullable<BigInt>,
        /// Column `finished_at`.
        finished_at -> Nullable<BigInt>,
        /// Column `lease_owner`.
        lease_owner -> Nullable<Text>,
        /// Column `lease_until`.
        lease_until -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `path`.
        path -> Text,
        /// Column `setting`.
        setting -> Text,
    }
}

diesel::table! {
    /// One row of `power_intent_steps`.
    power_intent_steps (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `intent_id`.
        intent_id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `state`.
        state -> Text,
        /// Column `detail`.
        detail -> Text,
    }
}

diesel::table! {
    /// One row of `snmp_targets`.
    snmp_targets (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `address`.
        address -> Text,
        /// Column `port`.
        port -> BigInt,
        /// Column `snmp_version`.
        snmp_version -> Text,
        /// Column `community_sealed`.
        community_sealed -> Nullable<Binary>,
        /// Column `v3_user`.
        v3_user -> Text,
        /// Column `v3_auth_protocol`.
        v3_auth_protocol -> Text,
        /// Column `v3_auth_sealed`.
        v3_auth_sealed -> Nullable<Binary>,
        /// Column `v3_privacy_protocol`.
        v3_privacy_protocol -> Text,
        /// Column `v3_privacy_sealed`.
        v3_privacy_sealed -> Nullable<Binary>,
        /// Column `v3_context`.
        v3_context -> Text,
        /// Column `interval_s`.
        interval_s -> BigInt,
        /// Column `port_identity`.
        port_identity -> Text,
        /// Column `enabled`.
        enabled -> Bool,
        /// Column `max_repetitions`.
        max_repetitions -> BigInt,
        /// Column `next_poll_at`.
        next_poll_at -> BigInt,
        /// Column `last_good_at`.
        last_good_at -> Nullable<BigInt>,
        /// Column `last_attempt_at`.
        last_attempt_at -> Nullable<BigInt>,
        /// Column `last_error`.
        last_error -> Nullable<Text>,
        /// Column `consecutive_failures`.
        consecutive_failures -> BigInt,
        /// Column `system_name`.
        system_name -> Text,
        /// Column `system_descr`.
        system_descr -> Text,
        /// Column `system_object_id`.
        system_object_id -> Text,
        /// Column `last_uptime_ms`.
        last_uptime_ms -> Nullable<BigInt>,
        /// Column `names_read_at`.
        names_read_at -> Nullable<BigInt>,
        /// Column `lease_owner`.
        lease_owner -> Nullable<Text>,
        /// Column `lease_until`.
        lease_until -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `ports_stamp`.
        ports_stamp -> BigInt,
    }
}

diesel::table! {
    /// One row of `target_polls`.
    target_polls (target_id) {
        /// Column `target_id`.
        target_id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `lag_ms`.
        lag_ms -> BigInt,
        /// Column `duration_ms`.
        duration_ms -> BigInt,
        /// Column `requests`.
        requests -> BigInt,
        /// Column `timeouts`.
        timeouts -> BigInt,
        /// Column `varbinds`.
        varbinds -> BigInt,
        /// Column `packets`.
        packets -> BigInt,
        /// Column `octets`.
        octets -> BigInt,
        /// Column `extent`.
        extent -> Text,
        /// Column `notes`.
        notes -> Text,
    }
}

diesel::table! {
    /// One row of `ports`.
    ports (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `if_index`.
        if_index -> Nullable<BigInt>,
        /// Column `descr`.
        descr -> Text,
        /// Column `alias`.
        alias -> Text,
        /// Column `if_type`.
        if_type -> Nullable<BigInt>,
        /// Column `speed_bps`.
        speed_bps -> Nullable<BigInt>,
        /// Column `speed_override_bps`.
        speed_override_bps -> Nullable<BigInt>,
        /// Column `admin_up`.
        admin_up -> Nullable<Bool>,
        /// Column `oper_up`.
        oper_up -> Nullable<Bool>,
        /// Column `counter_bits`.
        counter_bits -> Nullable<BigInt>,
        /// Column `last_seen_at`.
        last_seen_at -> Nullable<BigInt>,
        /// Column `missing_since`.
        missing_since -> Nullable<BigInt>,
        /// Column `is_uplink`.
        is_uplink -> Bool,
        /// Column `warning`.
        warning -> Text,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `metered`.
        metered -> Bool,
    }
}

diesel::table! {
    /// One row of `readings`.
    readings (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `target_id`.
        target_id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `uptime_ms`.
        uptime_ms -> Nullable<BigInt>,
        /// Column `body`.
        body -> Binary,
    }
}

diesel::table! {
    /// One row of `reading_days`.
    reading_days (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `target_id`.
        target_id -> BigInt,
        /// Column `day`.
        day -> BigInt,
        /// Column `first_at`.
        first_at -> BigInt,
        /// Column `last_at`.
        last_at -> BigInt,
        /// Column `polls`.
        polls -> BigInt,
        /// Column `body`.
        body -> Binary,
    }
}

diesel::table! {
    /// One row of `reading_blocks`.
    reading_blocks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `port_id`.
        port_id -> BigInt,
        /// Column `day`.
        day -> BigInt,
        /// Column `body`.
        body -> Binary,
    }
}

diesel::table! {
    /// One row of `series_rollups`.
    series_rollups (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `port_id`.
        port_id -> BigInt,
        /// Column `month`.
        month -> BigInt,
        /// Column `body`.
        body -> Binary,
    }
}

diesel::table! {
    /// One row of `bandwidth_allocations`.
    bandwidth_allocations (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `customer_id`.
        customer_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `committed_bps`.
        committed_bps -> BigInt,
        /// Column `burst_bps`.
        burst_bps -> Nullable<BigInt>,
        /// Column `direction_rule`.
        direction_rule -> Text,
        /// Column `gap_rule`.
        gap_rule -> Text,
        /// Column `billing_day`.
        billing_day -> BigInt,
        /// Column `time_zone`.
        time_zone -> Text,
        /// Column `active_from`.
        active_from -> BigInt,
        /// Column `active_until`.
        active_until -> Nullable<BigInt>,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `allocation_ports`.
    allocation_ports (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `allocation_id`.
        allocation_id -> BigInt,
        /// Column `port_id`.
        port_id -> BigInt,
        /// Column `from_at`.
        from_at -> BigInt,
        /// Column `until_at`.
        until_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `target_discoveries`.
    target_discoveries (target_id) {
        /// Column `target_id`.
        target_id -> BigInt,
        /// Column `take_over`.
        take_over -> Text,
        /// Column `asked_at`.
        asked_at -> Nullable<BigInt>,
        /// Column `surveyed_at`.
        surveyed_at -> Nullable<BigInt>,
        /// Column `own_chassis_id`.
        own_chassis_id -> Text,
        /// Column `neighbours_state`.
        neighbours_state -> Text,
        /// Column `neighbours_detail`.
        neighbours_detail -> Text,
        /// Column `unplaced`.
        unplaced -> BigInt,
        /// Column `chassis_state`.
        chassis_state -> Text,
        /// Column `chassis_detail`.
        chassis_detail -> Text,
        /// Column `trap_at`.
        trap_at -> Nullable<BigInt>,
        /// Column `trap_kind`.
        trap_kind -> Text,
        /// Column `traps`.
        traps -> BigInt,
        /// Column `hinted_at`.
        hinted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `neighbours`.
    neighbours (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `port_id`.
        port_id -> BigInt,
        /// Column `chassis_id_kind`.
        chassis_id_kind -> Text,
        /// Column `chassis_id`.
        chassis_id -> Text,
        /// Column `port_id_kind`.
        port_id_kind -> Text,
        /// Column `remote_port_id`.
        remote_port_id -> Text,
        /// Column `port_descr`.
        port_descr -> Text,
        /// Column `system_name`.
        system_name -> Text,
        /// Column `system_descr`.
        system_descr -> Text,
        /// Column `management_address`.
        management_address -> Text,
        /// Column `first_seen_at`.
        first_seen_at -> BigInt,
        /// Column `last_seen_at`.
        last_seen_at -> BigInt,
        /// Column `gone_at`.
        gone_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `device_facts`.
    device_facts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `source`.
        source -> Text,
        /// Column `part`.
        part -> BigInt,
        /// Column `field`.
        field -> Text,
        /// Column `value`.
        value -> Text,
        /// Column `seen_at`.
        seen_at -> BigInt,
        /// Column `ignored_at`.
        ignored_at -> Nullable<BigInt>,
        /// Column `ignored_by_name`.
        ignored_by_name -> Text,
        /// Column `said_at`.
        said_at -> BigInt,
        /// Column `ignored_until`.
        ignored_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `saved_views`.
    saved_views (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `user_id`.
        user_id -> BigInt,
        /// Column `list`.
        list -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `query`.
        query -> Text,
        /// Column `is_shared`.
        is_shared -> Bool,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `closed_periods`.
    closed_periods (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `allocation_id`.
        allocation_id -> BigInt,
        /// Column `from_at`.
        from_at -> BigInt,
        /// Column `until_at`.
        until_at -> BigInt,
        /// Column `figure_bps`.
        figure_bps -> Nullable<BigInt>,
        /// Column `direction_rule`.
        direction_rule -> Text,
        /// Column `gap_rule`.
        gap_rule -> Text,
        /// Column `rule_version`.
        rule_version -> BigInt,
        /// Column `committed_bps`.
        committed_bps -> BigInt,
        /// Column `overage_bps`.
        overage_bps -> Nullable<BigInt>,
        /// Column `slots`.
        slots -> BigInt,
        /// Column `used_slots`.
        used_slots -> BigInt,
        /// Column `gap_slots`.
        gap_slots -> BigInt,
        /// Column `estimated_slots`.
        estimated_slots -> BigInt,
        /// Column `suspect_slots`.
        suspect_slots -> BigInt,
        /// Column `incomplete_slots`.
        incomplete_slots -> BigInt,
        /// Column `sha256`.
        sha256 -> Text,
        /// Column `body`.
        body -> Binary,
        /// Column `closed_by_user_id`.
        closed_by_user_id -> Nullable<BigInt>,
        /// Column `closed_by_name`.
        closed_by_name -> Text,
        /// Column `closed_at`.
        closed_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `port_speed_changes`.
    port_speed_changes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `port_id`.
        port_id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `before_bps`.
        before_bps -> Nullable<BigInt>,
        /// Column `after_bps`.
        after_bps -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `period_corrections`.
    period_corrections (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `closed_period_id`.
        closed_period_id -> BigInt,
        /// Column `credit_bps`.
        credit_bps -> Nullable<BigInt>,
        /// Column `credit_octets`.
        credit_octets -> Nullable<BigInt>,
        /// Column `reason`.
        reason -> Text,
        /// Column `author_user_id`.
        author_user_id -> Nullable<BigInt>,
        /// Column `author_name`.
        author_name -> Text,
        /// Column `created_at`.
        created_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `people`.
    people (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `name`.
        name -> Text,
        /// Column `company`.
        company -> Text,
        /// Column `phone`.
        phone -> Text,
        /// Column `email`.
        email -> Text,
        /// Column `identity_kind`.
        identity_kind -> Text,
        /// Column `identity_sealed`.
        identity_sealed -> Nullable<Binary>,
        /// Column `identity_fingerprint`.
        identity_fingerprint -> Nullable<Text>,
        /// Column `identity_masked`.
        identity_masked -> Text,
        /// Column `search_folded`.
        search_folded -> Text,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `version`.
        version -> BigInt,
        /// Column `language`.
        language -> Text,
        /// Column `nationality`.
        nationality -> Text,
        /// Column `vehicle_plate`.
        vehicle_plate -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `merged_into_id`.
        merged_into_id -> Nullable<BigInt>,
        /// Column `anonymised_at`.
        anonymised_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `visits`.
    visits (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `number`.
        number -> Text,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `purpose`.
        purpose -> Text,
        /// Column `purpose_text`.
        purpose_text -> Text,
        /// Column `planned_from`.
        planned_from -> BigInt,
        /// Column `planned_until`.
        planned_until -> BigInt,
        /// Column `state`.
        state -> Text,
        /// Column `walk_in`.
        walk_in -> Bool,
        /// Column `escort_required`.
        escort_required -> Bool,
        /// Column `escort_name`.
        escort_name -> Text,
        /// Column `areas`.
        areas -> Text,
        /// Column `pass_code`.
        pass_code -> Text,
        /// Column `host_contact_id`.
        host_contact_id -> Nullable<BigInt>,
        /// Column `note`.
        note -> Text,
        /// Column `search_folded`.
        search_folded -> Text,
        /// Column `created_by_user_id`.
        created_by_user_id -> Nullable<BigInt>,
        /// Column `created_by_name`.
        created_by_name -> Text,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `standing_permission_id`.
        standing_permission_id -> Nullable<BigInt>,
        /// Column `anonymised_at`.
        anonymised_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `visit_racks`.
    visit_racks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `visit_id`.
        visit_id -> BigInt,
        /// Column `rack_id`.
        rack_id -> BigInt,
    }
}

diesel::table! {
    /// One row of `visit_people`.
    visit_people (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `visit_id`.
        visit_id -> BigInt,
        /// Column `person_id`.
        person_id -> BigInt,
        /// Column `badge`.
        badge -> Text,
        /// Column `badge_returned`.
        badge_returned -> Nullable<Bool>,
        /// Column `badge_note`.
        badge_note -> Text,
        /// Column `checked_in_at`.
        checked_in_at -> Nullable<BigInt>,
        /// Column `checked_in_by`.
        checked_in_by -> Text,
        /// Column `checked_out_at`.
        checked_out_at -> Nullable<BigInt>,
        /// Column `checked_out_by`.
        checked_out_by -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `stepped_out_at`.
        stepped_out_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `shift_notes`.
    shift_notes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `refers_to_id`.
        refers_to_id -> Nullable<BigInt>,
        /// Column `body`.
        body -> Text,
        /// Column `author_user_id`.
        author_user_id -> Nullable<BigInt>,
        /// Column `author_name`.
        author_name -> Text,
        /// Column `search_folded`.
        search_folded -> Text,
    }
}

diesel::table! {
    /// One row of `visit_events`.
    visit_events (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `visit_id`.
        visit_id -> BigInt,
        /// Column `person_id`.
        person_id -> Nullable<BigInt>,
        /// Column `at`.
        at -> BigInt,
        /// Column `event`.
        event -> Text,
        /// Column `author_user_id`.
        author_user_id -> Nullable<BigInt>,
        /// Column `author_name`.
        author_name -> Text,
        /// Column `remote`.
        remote -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `corrects_event_id`.
        corrects_event_id -> Nullable<BigInt>,
        /// Column `corrected_at`.
        corrected_at -> Nullable<BigInt>,
        /// Column `sequence`.
        sequence -> Nullable<BigInt>,
        /// Column `previous_hash`.
        previous_hash -> Text,
        /// Column `entry_hash`.
        entry_hash -> Text,
        /// Column `named_salt`.
        named_salt -> Nullable<Text>,
        /// Column `named_digest`.
        named_digest -> Text,
    }
}

diesel::table! {
    /// One row of `areas`.
    areas (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `occupancy_limit`.
        occupancy_limit -> Nullable<BigInt>,
        /// Column `escort_required`.
        escort_required -> Bool,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `visit_areas`.
    visit_areas (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `visit_id`.
        visit_id -> BigInt,
        /// Column `area_id`.
        area_id -> BigInt,
    }
}

diesel::table! {
    /// One row of `standing_permissions`.
    standing_permissions (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `person_id`.
        person_id -> Nullable<BigInt>,
        /// Column `company`.
        company -> Text,
        /// Column `valid_from`.
        valid_from -> BigInt,
        /// Column `valid_until`.
        valid_until -> BigInt,
        /// Column `weekdays`.
        weekdays -> BigInt,
        /// Column `from_minute`.
        from_minute -> BigInt,
        /// Column `until_minute`.
        until_minute -> BigInt,
        /// Column `escort_required`.
        escort_required -> Bool,
        /// Column `note`.
        note -> Text,
        /// Column `last_used_at`.
        last_used_at -> Nullable<BigInt>,
        /// Column `last_used_by`.
        last_used_by -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `created_by_name`.
        created_by_name -> Text,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `standing_racks`.
    standing_racks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `standing_permission_id`.
        standing_permission_id -> BigInt,
        /// Column `rack_id`.
        rack_id -> BigInt,
    }
}

diesel::table! {
    /// One row of `standing_areas`.
    standing_areas (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `standing_permission_id`.
        standing_permission_id -> BigInt,
        /// Column `area_id`.
        area_id -> BigInt,
    }
}

diesel::table! {
    /// One row of `approval_rules`.
    approval_rules (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `known_person`.
        known_person -> Bool,
        /// Column `own_rack`.
        own_rack -> Bool,
        /// Column `weekdays`.
        weekdays -> BigInt,
        /// Column `from_minute`.
        from_minute -> BigInt,
        /// Column `until_minute`.
        until_minute -> BigInt,
        /// Column `escort_required`.
        escort_required -> Bool,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `visit_counters`.
    visit_counters (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `year`.
        year -> BigInt,
        /// Column `last`.
        last -> BigInt,
    }
}

diesel::table! {
    /// One row of `visit_devices`.
    visit_devices (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `visit_id`.
        visit_id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
    }
}

diesel::table! {
    /// One row of `visit_intents`.
    visit_intents (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `visit_id`.
        visit_id -> BigInt,
        /// Column `power_intent_id`.
        power_intent_id -> BigInt,
    }
}

diesel::table! {
    /// One row of `visit_works`.
    visit_works (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `visit_id`.
        visit_id -> BigInt,
        /// Column `touched`.
        touched -> Text,
        /// Column `result`.
        result -> Text,
        /// Column `remote_hands_minutes`.
        remote_hands_minutes -> BigInt,
        /// Column `written_by`.
        written_by -> Text,
        /// Column `written_at`.
        written_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `month_reports`.
    month_reports (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `customer_id`.
        customer_id -> BigInt,
        /// Column `month`.
        month -> Text,
        /// Column `edition`.
        edition -> BigInt,
        /// Column `locale`.
        locale -> Text,
        /// Column `is_final`.
        is_final -> Bool,
        /// Column `basis`.
        basis -> Text,
        /// Column `sha256`.
        sha256 -> Text,
        /// Column `body`.
        body -> Binary,
        /// Column `made_at`.
        made_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `gauges`.
    gauges (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `part`.
        part -> Text,
        /// Column `place`.
        place -> Text,
        /// Column `quantity`.
        quantity -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `missing`.
        missing -> Nullable<Text>,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `gauge_readings`.
    gauge_readings (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `body`.
        body -> Binary,
    }
}

diesel::table! {
    /// One row of `gauge_days`.
    gauge_days (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `day`.
        day -> BigInt,
        /// Column `polls`.
        polls -> BigInt,
        /// Column `body`.
        body -> Binary,
    }
}

diesel::table! {
    /// One row of `gauge_blocks`.
    gauge_blocks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `gauge_id`.
        gauge_id -> BigInt,
        /// Column `day`.
        day -> BigInt,
        /// Column `body`.
        body -> Binary,
    }
}

diesel::table! {
    /// One row of `gauge_rollups`.
    gauge_rollups (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `gauge_id`.
        gauge_id -> BigInt,
        /// Column `month`.
        month -> BigInt,
        /// Column `body`.
        body -> Binary,
    }
}

diesel::table! {
    /// One row of `power_feeds`.
    power_feeds (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `room_id`.
        room_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `side`.
        side -> Text,
        /// Column `phases`.
        phases -> BigInt,
        /// Column `volts`.
        volts -> BigInt,
        /// Column `amps`.
        amps -> BigInt,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
        /// Column `panel_id`.
        panel_id -> Nullable<BigInt>,
        /// Column `max_percent`.
        max_percent -> BigInt,
        /// Column `contracted_watts`.
        contracted_watts -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `power_panels`.
    power_panels (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `room_id`.
        room_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `pdus`.
    pdus (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `feed_id`.
        feed_id -> Nullable<BigInt>,
        /// Column `family`.
        family -> Text,
        /// Column `last_read_at`.
        last_read_at -> Nullable<BigInt>,
        /// Column `last_trouble`.
        last_trouble -> Nullable<Text>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `outlets`.
    outlets (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `place`.
        place -> Text,
        /// Column `number`.
        number -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `state_at`.
        state_at -> BigInt,
        /// Column `mapped_device_id`.
        mapped_device_id -> Nullable<BigInt>,
        /// Column `supply`.
        supply -> Text,
        /// Column `confirmed_by_user_id`.
        confirmed_by_user_id -> Nullable<BigInt>,
        /// Column `confirmed_by_name`.
        confirmed_by_name -> Text,
        /// Column `confirmed_at`.
        confirmed_at -> Nullable<BigInt>,
        /// Column `missing_since`.
        missing_since -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `events`.
    events (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `subject_kind`.
        subject_kind -> Text,
        /// Column `subject_id`.
        subject_id -> BigInt,
        /// Column `subject_label`.
        subject_label -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `severity`.
        severity -> Text,
        /// Column `tell_customer`.
        tell_customer -> Bool,
        /// Column `facts`.
        facts -> Text,
        /// Column `started_at`.
        started_at -> BigInt,
        /// Column `last_seen_at`.
        last_seen_at -> BigInt,
        /// Column `ended_at`.
        ended_at -> Nullable<BigInt>,
        /// Column `acked_at`.
        acked_at -> Nullable<BigInt>,
        /// Column `acked_by_user_id`.
        acked_by_user_id -> Nullable<BigInt>,
        /// Column `acked_by_name`.
        acked_by_name -> Text,
        /// Column `ack_note`.
        ack_note -> Text,
    }
}

diesel::table! {
    /// One row of `threshold_rules`.
    threshold_rules (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `scope`.
        scope -> Text,
        /// Column `scope_id`.
        scope_id -> BigInt,
        /// Column `severity`.
        severity -> Text,
        /// Column `raise_percent`.
        raise_percent -> BigInt,
        /// Column `clear_percent`.
        clear_percent -> BigInt,
        /// Column `raise_minutes`.
        raise_minutes -> BigInt,
        /// Column `clear_minutes`.
        clear_minutes -> BigInt,
        /// Column `errors_per_minute`.
        errors_per_minute -> BigInt,
        /// Column `enabled`.
        enabled -> Bool,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `channels`.
    channels (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `kind`.
        kind -> Text,
        /// Column `address_sealed`.
        address_sealed -> Binary,
        /// Column `address_shown`.
        address_shown -> Text,
        /// Column `signing_sealed`.
        signing_sealed -> Nullable<Binary>,
        /// Column `locale`.
        locale -> Text,
        /// Column `min_severity`.
        min_severity -> Text,
        /// Column `event_kinds`.
        event_kinds -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `quiet_from_minute`.
        quiet_from_minute -> Nullable<BigInt>,
        /// Column `quiet_until_minute`.
        quiet_until_minute -> Nullable<BigInt>,
        /// Column `quiet_days`.
        quiet_days -> Text,
        /// Column `quiet_zone`.
        quiet_zone -> Text,
        /// Column `critical_passes`.
        critical_passes -> Bool,
        /// Column `escalate_minutes`.
        escalate_minutes -> Nullable<BigInt>,
        /// Column `enabled`.
        enabled -> Bool,
        /// Column `tested_at`.
        tested_at -> Nullable<BigInt>,
        /// Column `test_outcome`.
        test_outcome -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `machine_readings`.
    machine_readings (device_id) {
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `endpoint`.
        endpoint -> Text,
        /// Column `next_at`.
        next_at -> BigInt,
        /// Column `asked_at`.
        asked_at -> Nullable<BigInt>,
        /// Column `failures`.
        failures -> BigInt,
        /// Column `sensors_at`.
        sensors_at -> Nullable<BigInt>,
        /// Column `sensors_said`.
        sensors_said -> Text,
        /// Column `sensors_trouble`.
        sensors_trouble -> Text,
        /// Column `watts`.
        watts -> Nullable<BigInt>,
        /// Column `log_at`.
        log_at -> Nullable<BigInt>,
        /// Column `log_mark`.
        log_mark -> Text,
        /// Column `log_epoch`.
        log_epoch -> BigInt,
        /// Column `log_drift_ms`.
        log_drift_ms -> Nullable<BigInt>,
        /// Column `log_free_percent`.
        log_free_percent -> Nullable<BigInt>,
        /// Column `log_trouble`.
        log_trouble -> Text,
        /// Column `parts_at`.
        parts_at -> Nullable<BigInt>,
        /// Column `parts_trouble`.
        parts_trouble -> Text,
        /// Column `controller`.
        controller -> Text,
        /// Column `boot`.
        boot -> Text,
        /// Column `off_since`.
        off_since -> Nullable<BigInt>,
        /// Column `light`.
        light -> Text,
        /// Column `light_at`.
        light_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `machine_sensors`.
    machine_sensors (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `sensor_key`.
        sensor_key -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `entity`.
        entity -> Text,
        /// Column `quantity`.
        quantity -> Text,
        /// Column `unit`.
        unit -> Text,
        /// Column `limits`.
        limits -> Text,
        /// Column `health`.
        health -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `states`.
        states -> Text,
        /// Column `health_since`.
        health_since -> BigInt,
        /// Column `missing_since`.
        missing_since -> Nullable<BigInt>,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `machine_log`.
    machine_log (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `origin`.
        origin -> Text,
        /// Column `entry_id`.
        entry_id -> Text,
        /// Column `at`.
        at -> Nullable<BigInt>,
        /// Column `since_start_s`.
        since_start_s -> Nullable<BigInt>,
        /// Column `read_at`.
        read_at -> BigInt,
        /// Column `source`.
        source -> Text,
        /// Column `kind`.
        kind -> Text,
        /// Column `text`.
        text -> Text,
        /// Column `asserted`.
        asserted -> Bool,
        /// Column `health`.
        health -> Text,
        /// Column `raw`.
        raw -> Text,
        /// Column `print`.
        print -> Text,
        /// Column `search_folded`.
        search_folded -> Text,
    }
}

diesel::table! {
    /// One row of `machine_parts`.
    machine_parts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `slot`.
        slot -> Text,
        /// Column `manufacturer`.
        manufacturer -> Text,
        /// Column `model`.
        model -> Text,
        /// Column `part_number`.
        part_number -> Text,
        /// Column `serial`.
        serial -> Text,
        /// Column `asset_tag`.
        asset_tag -> Text,
        /// Column `revision`.
        revision -> Text,
        /// Column `mac`.
        mac -> Text,
        /// Column `octets`.
        octets -> Nullable<BigInt>,
        /// Column `detail`.
        detail -> Text,
        /// Column `first_seen_at`.
        first_seen_at -> BigInt,
        /// Column `changed_at`.
        changed_at -> BigInt,
        /// Column `gone_at`.
        gone_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `bmc_rotations`.
    bmc_rotations (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `endpoint`.
        endpoint -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `password_sealed`.
        password_sealed -> Nullable<Binary>,
        /// Column `requested_by_user_id`.
        requested_by_user_id -> Nullable<BigInt>,
        /// Column `requested_by_name`.
        requested_by_name -> Text,
        /// Column `requested_at`.
        requested_at -> BigInt,
        /// Column `sent_at`.
        sent_at -> Nullable<BigInt>,
        /// Column `finished_at`.
        finished_at -> Nullable<BigInt>,
        /// Column `next_at`.
        next_at -> BigInt,
        /// Column `attempts`.
        attempts -> BigInt,
        /// Column `version`.
        version -> BigInt,
    }
}

diesel::table! {
    /// One row of `bmc_rotation_steps`.
    bmc_rotation_steps (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `rotation_id`.
        rotation_id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `state`.
        state -> Text,
        /// Column `said`.
        said -> Text,
    }
}

diesel::table! {
    /// One row of `power_schedules`.
    power_schedules (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `action`.
        action -> Text,
        /// Column `setting`.
        setting -> Text,
        /// Column `path`.
        path -> Text,
        /// Column `reason`.
        reason -> Text,
        /// Column `zone`.
        zone -> Text,
        /// Column `rhythm`.
        rhythm -> Text,
        /// Column `local_date`.
        local_date -> Text,
        /// Column `weekdays`.
        weekdays -> BigInt,
        /// Column `minute_of_day`.
        minute_of_day -> BigInt,
        /// Column `stagger_ms`.
        stagger_ms -> BigInt,
        /// Column `stop_after`.
        stop_after -> BigInt,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `owner_user_id`.
        owner_user_id -> Nullable<BigInt>,
        /// Column `owner_name`.
        owner_name -> Text,
        /// Column `paused`.
        paused -> Bool,
        /// Column `next_run_at`.
        next_run_at -> Nullable<BigInt>,
        /// Column `last_run_at`.
        last_run_at -> Nullable<BigInt>,
        /// Column `last_said`.
        last_said -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `power_schedule_machines`.
    power_schedule_machines (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `schedule_id`.
        schedule_id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
    }
}

diesel::table! {
    /// One row of `power_bulks`.
    power_bulks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `action`.
        action -> Text,
        /// Column `setting`.
        setting -> Text,
        /// Column `path`.
        path -> Text,
        /// Column `reason`.
        reason -> Text,
        /// Column `stagger_ms`.
        stagger_ms -> BigInt,
        /// Column `stop_after`.
        stop_after -> BigInt,
        /// Column `schedule_id`.
        schedule_id -> Nullable<BigInt>,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `requested_by_user_id`.
        requested_by_user_id -> Nullable<BigInt>,
        /// Column `requested_by_name`.
        requested_by_name -> Text,
        /// Column `via`.
        via -> Text,
        /// Column `idempotency_key`.
        idempotency_key -> Nullable<Text>,
        /// Column `requested_at`.
        requested_at -> BigInt,
        /// Column `stopped_at`.
        stopped_at -> Nullable<BigInt>,
        /// Column `stopped_why`.
        stopped_why -> Nullable<Text>,
        /// Column `stopped_by_name`.
        stopped_by_name -> Text,
        /// Column `version`.
        version -> BigInt,
    }
}

diesel::table! {
    /// One row of `power_bulk_machines`.
    power_bulk_machines (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `bulk_id`.
        bulk_id -> BigInt,
        /// Column `place`.
        place -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `intent_id`.
        intent_id -> Nullable<BigInt>,
        /// Column `refused`.
        refused -> Nullable<Text>,
    }
}

diesel::table! {
    /// One row of `console_sessions`.
    console_sessions (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `machine`.
        machine -> Text,
        /// Column `opened_by_user_id`.
        opened_by_user_id -> Nullable<BigInt>,
        /// Column `opened_by_name`.
        opened_by_name -> Text,
        /// Column `reason`.
        reason -> Text,
        /// Column `opened_at`.
        opened_at -> BigInt,
        /// Column `seen_at`.
        seen_at -> BigInt,
        /// Column `ended_at`.
        ended_at -> Nullable<BigInt>,
        /// Column `end_reason`.
        end_reason -> Nullable<Text>,
        /// Column `octets`.
        octets -> BigInt,
        /// Column `cut`.
        cut -> Bool,
    }
}

diesel::table! {
    /// One row of `console_parts`.
    console_parts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `session_id`.
        session_id -> BigInt,
        /// Column `number`.
        number -> BigInt,
        /// Column `octets`.
        octets -> BigInt,
        /// Column `content`.
        content -> Binary,
    }
}

diesel::table! {
    /// One row of `console_seats`.
    console_seats (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `session_id`.
        session_id -> BigInt,
        /// Column `user_id`.
        user_id -> Nullable<BigInt>,
        /// Column `name`.
        name -> Text,
        /// Column `remote`.
        remote -> Text,
        /// Column `wrote`.
        wrote -> Bool,
        /// Column `joined_at`.
        joined_at -> BigInt,
        /// Column `left_at`.
        left_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `console_grants`.
    console_grants (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `customer_id`.
        customer_id -> BigInt,
        /// Column `granted_by_user_id`.
        granted_by_user_id -> Nullable<BigInt>,
        /// Column `granted_at`.
        granted_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `search_terms`.
    search_terms (kind, term, object_id) {
        /// Column `kind`.
        kind -> Text,
        /// Column `term`.
        term -> Text,
        /// Column `object_id`.
        object_id -> BigInt,
        /// Column `class`.
        class -> BigInt,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// The ports that a device of a type has when it comes.
    device_type_ports (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_type_id`.
        device_type_id -> BigInt,
        /// Column `sort`.
        sort -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `label`.
        label -> Text,
        /// Column `connector`.
        connector -> Text,
        /// Column `positions`.
        positions -> Nullable<BigInt>,
        /// Column `through_port`.
        through_port -> Text,
        /// Column `through_position`.
        through_position -> Nullable<BigInt>,
        /// Column `feed_leg`.
        feed_leg -> Text,
        /// Column `max_watts`.
        max_watts -> Nullable<BigInt>,
        /// Column `allocated_watts`.
        allocated_watts -> Nullable<BigInt>,
        /// Column `management`.
        management -> Bool,
        /// Column `enabled`.
        enabled -> Bool,
        /// Column `poe`.
        poe -> Text,
        /// Column `color`.
        color -> Text,
        /// Column `note`.
        note -> Text,
    }
}

diesel::table! {
    /// Bays of device types, and parts that are always there.
    device_type_bays (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_type_id`.
        device_type_id -> BigInt,
        /// Column `sort`.
        sort -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `label`.
        label -> Text,
        /// Column `position`.
        position -> Text,
        /// Column `note`.
        note -> Text,
    }
}

diesel::table! {
    /// The ports of devices.
    device_ports (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `sort`.
        sort -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `label`.
        label -> Text,
        /// Column `connector`.
        connector -> Text,
        /// Column `positions`.
        positions -> Nullable<BigInt>,
        /// Column `through_port`.
        through_port -> Text,
        /// Column `through_position`.
        through_position -> Nullable<BigInt>,
        /// Column `feed_leg`.
        feed_leg -> Text,
        /// Column `max_watts`.
        max_watts -> Nullable<BigInt>,
        /// Column `allocated_watts`.
        allocated_watts -> Nullable<BigInt>,
        /// Column `management`.
        management -> Bool,
        /// Column `enabled`.
        enabled -> Bool,
        /// Column `poe`.
        poe -> Text,
        /// Column `color`.
        color -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `mac`.
        mac -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// Parts that people put into devices.
    device_components (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `slot`.
        slot -> Text,
        /// Column `maker`.
        maker -> Text,
        /// Column `model`.
        model -> Text,
        /// Column `part_number`.
        part_number -> Text,
        /// Column `serial`.
        serial -> Nullable<Text>,
        /// Column `capacity`.
        capacity -> Text,
        /// Column `installed_on`.
        installed_on -> Nullable<Text>,
        /// Column `removed_on`.
        removed_on -> Nullable<Text>,
        /// Column `removed_because`.
        removed_because -> Text,
        /// Column `replaces_id`.
        replaces_id -> Nullable<BigInt>,
        /// Column `note`.
        note -> Text,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `rack_reservations`.
    rack_reservations (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `rack_id`.
        rack_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `first_unit`.
        first_unit -> BigInt,
        /// Column `last_unit`.
        last_unit -> BigInt,
        /// Column `faces`.
        faces -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `reason`.
        reason -> Text,
        /// Column `until_date`.
        until_date -> Nullable<Text>,
        /// Column `made_by_name`.
        made_by_name -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `device_moves`.
    device_moves (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `moved_by_user_id`.
        moved_by_user_id -> Nullable<BigInt>,
        /// Column `moved_at`.
        moved_at -> BigInt,
        /// Column `version_after`.
        version_after -> BigInt,
        /// Column `status_before`.
        status_before -> Text,
        /// Column `place_before`.
        place_before -> Text,
    }
}

diesel::table! {
    /// One row of `vrfs`.
    vrfs (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `route_distinguisher`.
        route_distinguisher -> Nullable<Text>,
        /// Column `refuse_duplicates`.
        refuse_duplicates -> Bool,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `vlans`.
    vlans (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> Nullable<BigInt>,
        /// Column `group_name`.
        group_name -> Text,
        /// Column `number`.
        number -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `prefixes`.
    prefixes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `vrf_id`.
        vrf_id -> BigInt,
        /// Column `family`.
        family -> BigInt,
        /// Column `network`.
        network -> Binary,
        /// Column `length`.
        length -> BigInt,
        /// Column `site_id`.
        site_id -> Nullable<BigInt>,
        /// Column `vlan_id`.
        vlan_id -> Nullable<BigInt>,
        /// Column `status`.
        status -> Text,
        /// Column `role`.
        role -> Text,
        /// Column `is_pool`.
        is_pool -> Bool,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `ip_ranges`.
    ip_ranges (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `vrf_id`.
        vrf_id -> BigInt,
        /// Column `family`.
        family -> BigInt,
        /// Column `first`.
        first -> Binary,
        /// Column `last`.
        last -> Binary,
        /// Column `name`.
        name -> Text,
        /// Column `purpose`.
        purpose -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `ip_addresses`.
    ip_addresses (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `vrf_id`.
        vrf_id -> BigInt,
        /// Column `family`.
        family -> BigInt,
        /// Column `address`.
        address -> Binary,
        /// Column `dns_name`.
        dns_name -> Text,
        /// Column `role`.
        role -> Text,
        /// Column `status`.
        status -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `ip_assignments`.
    ip_assignments (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `address_id`.
        address_id -> Nullable<BigInt>,
        /// Column `prefix_id`.
        prefix_id -> Nullable<BigInt>,
        /// Column `device_id`.
        device_id -> Nullable<BigInt>,
        /// Column `interface`.
        interface -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `from_at`.
        from_at -> BigInt,
        /// Column `until_at`.
        until_at -> Nullable<BigInt>,
        /// Column `note`.
        note -> Text,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `cables`.
    cables (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `label`.
        label -> Text,
        /// Column `kind`.
        kind -> Text,
        /// Column `status`.
        status -> Text,
        /// Column `colour`.
        colour -> Text,
        /// Column `length_mm`.
        length_mm -> Nullable<BigInt>,
        /// Column `bundle`.
        bundle -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `cable_ends`.
    cable_ends (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `cable_id`.
        cable_id -> BigInt,
        /// Column `side`.
        side -> Text,
        /// Column `device_port_id`.
        device_port_id -> BigInt,
        /// Column `position`.
        position -> Nullable<BigInt>,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `attachments`.
    attachments (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `subject_kind`.
        subject_kind -> Text,
        /// Column `subject_id`.
        subject_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `media_type`.
        media_type -> Text,
        /// Column `octets`.
        octets -> BigInt,
        /// Column `sha256`.
        sha256 -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `customer_visible`.
        customer_visible -> Bool,
        /// Column `added_by_name`.
        added_by_name -> Text,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `archive_reason`.
        archive_reason -> Text,
        /// Column `version`.
        version -> BigInt,
    }
}

diesel::table! {
    /// One row of `device_stock`.
    device_stock (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> BigInt,
        /// Column `site_id`.
        site_id -> Nullable<BigInt>,
        /// Column `place`.
        place -> Text,
        /// Column `since`.
        since -> BigInt,
    }
}

diesel::table! {
    /// One row of `loan_items`.
    loan_items (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `number`.
        number -> Text,
        /// Column `rack_id`.
        rack_id -> Nullable<BigInt>,
        /// Column `state`.
        state -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `search_folded`.
        search_folded -> Text,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `loans`.
    loans (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `loan_item_id`.
        loan_item_id -> BigInt,
        /// Column `visit_person_id`.
        visit_person_id -> Nullable<BigInt>,
        /// Column `user_id`.
        user_id -> Nullable<BigInt>,
        /// Column `holder_name`.
        holder_name -> Text,
        /// Column `out_at`.
        out_at -> BigInt,
        /// Column `out_by`.
        out_by -> Text,
        /// Column `due_at`.
        due_at -> Nullable<BigInt>,
        /// Column `override_reason`.
        override_reason -> Text,
        /// Column `missing_at`.
        missing_at -> Nullable<BigInt>,
        /// Column `missing_reason`.
        missing_reason -> Text,
        /// Column `ended_at`.
        ended_at -> Nullable<BigInt>,
        /// Column `ended_how`.
        ended_how -> Nullable<Text>,
        /// Column `ended_by`.
        ended_by -> Text,
    }
}

diesel::table! {
    /// One row of `goods_passes`.
    goods_passes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `number`.
        number -> Text,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `direction`.
        direction -> Text,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `visit_id`.
        visit_id -> Nullable<BigInt>,
        /// Column `carrier_person_id`.
        carrier_person_id -> Nullable<BigInt>,
        /// Column `carrier_name`.
        carrier_name -> Text,
        /// Column `carrier_company`.
        carrier_company -> Text,
        /// Column `vehicle_plate`.
        vehicle_plate -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `search_folded`.
        search_folded -> Text,
        /// Column `created_by_user_id`.
        created_by_user_id -> Nullable<BigInt>,
        /// Column `created_by_name`.
        created_by_name -> Text,
        /// Column `released_by_user_id`.
        released_by_user_id -> Nullable<BigInt>,
        /// Column `released_by_name`.
        released_by_name -> Text,
        /// Column `released_at`.
        released_at -> Nullable<BigInt>,
        /// Column `done_by_user_id`.
        done_by_user_id -> Nullable<BigInt>,
        /// Column `done_by_name`.
        done_by_name -> Text,
        /// Column `done_at`.
        done_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `goods_items`.
    goods_items (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `goods_pass_id`.
        goods_pass_id -> BigInt,
        /// Column `sort`.
        sort -> BigInt,
        /// Column `description`.
        description -> Text,
        /// Column `serial`.
        serial -> Text,
        /// Column `count`.
        count -> BigInt,
        /// Column `device_id`.
        device_id -> Nullable<BigInt>,
        /// Column `device_type_id`.
        device_type_id -> Nullable<BigInt>,
        /// Column `rack_id`.
        rack_id -> Nullable<BigInt>,
        /// Column `unit`.
        unit -> Text,
        /// Column `face`.
        face -> Text,
    }
}

diesel::table! {
    /// One row of `goods_events`.
    goods_events (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `goods_pass_id`.
        goods_pass_id -> BigInt,
        /// Column `at`.
        at -> BigInt,
        /// Column `event`.
        event -> Text,
        /// Column `author_user_id`.
        author_user_id -> Nullable<BigInt>,
        /// Column `author_name`.
        author_name -> Text,
        /// Column `remote`.
        remote -> Text,
        /// Column `note`.
        note -> Text,
    }
}

diesel::table! {
    /// One row of `holds`.
    holds (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `device_id`.
        device_id -> Nullable<BigInt>,
        /// Column `customer_id`.
        customer_id -> Nullable<BigInt>,
        /// Column `kind`.
        kind -> Text,
        /// Column `reason`.
        reason -> Text,
        /// Column `set_by_user_id`.
        set_by_user_id -> Nullable<BigInt>,
        /// Column `set_by_name`.
        set_by_name -> Text,
        /// Column `set_at`.
        set_at -> BigInt,
        /// Column `lifted_by_user_id`.
        lifted_by_user_id -> Nullable<BigInt>,
        /// Column `lifted_by_name`.
        lifted_by_name -> Text,
        /// Column `lifted_at`.
        lifted_at -> Nullable<BigInt>,
        /// Column `lift_reason`.
        lift_reason -> Text,
        /// Column `version`.
        version -> BigInt,
    }
}

diesel::table! {
    /// One row of `doors`.
    doors (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `from_area_id`.
        from_area_id -> Nullable<BigInt>,
        /// Column `to_area_id`.
        to_area_id -> Nullable<BigInt>,
        /// Column `room_id`.
        room_id -> Nullable<BigInt>,
        /// Column `visitor_badges`.
        visitor_badges -> Text,
        /// Column `note`.
        note -> Text,
        /// Column `archived_at`.
        archived_at -> Nullable<BigInt>,
        /// Column `version`.
        version -> BigInt,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `updated_at`.
        updated_at -> BigInt,
    }
}

diesel::table! {
    /// One row of `door_events`.
    door_events (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `site_id`.
        site_id -> BigInt,
        /// Column `door_id`.
        door_id -> Nullable<BigInt>,
        /// Column `door_code`.
        door_code -> Text,
        /// Column `badge`.
        badge -> Text,
        /// Column `at`.
        at -> BigInt,
        /// Column `received_at`.
        received_at -> BigInt,
        /// Column `granted`.
        granted -> Bool,
        /// Column `source`.
        source -> Text,
        /// Column `external_id`.
        external_id -> Nullable<Text>,
        /// Column `content_key`.
        content_key -> Text,
        /// Column `visit_person_id`.
        visit_person_id -> Nullable<BigInt>,
        /// Column `alert`.
        alert -> Nullable<Text>,
    }
}

diesel::table! {
    /// One row of `visit_chain`.
    visit_chain (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `entries`.
        entries -> BigInt,
        /// Column `head_hash`.
        head_hash -> Text,
        /// Column `older_entries`.
        older_entries -> BigInt,
        /// Column `older_hash`.
        older_hash -> Text,
    }
}

diesel::table! {
    /// One row of `person_blocks`.
    person_blocks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `person_id`.
        person_id -> BigInt,
        /// Column `identity_fingerprint`.
        identity_fingerprint -> Nullable<Text>,
        /// Column `site_id`.
        site_id -> Nullable<BigInt>,
        /// Column `reason`.
        reason -> Text,
        /// Column `from_at`.
        from_at -> BigInt,
        /// Column `until_at`.
        until_at -> Nullable<BigInt>,
        /// Column `blocked_by_name`.
        blocked_by_name -> Text,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `lifted_at`.
        lifted_at -> Nullable<BigInt>,
        /// Column `lifted_by_name`.
        lifted_by_name -> Text,
        /// Column `lift_reason`.
        lift_reason -> Text,
    }
}

diesel::table! {
    /// One row of `consent_texts`.
    consent_texts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `site_id`.
        site_id -> Nullable<BigInt>,
        /// Column `edition`.
        edition -> BigInt,
        /// Column `text_zh`.
        text_zh -> Text,
        /// Column `text_en`.
        text_en -> Text,
        /// Column `effective_from`.
        effective_from -> BigInt,
        /// Column `written_by_name`.
        written_by_name -> Text,
        /// Column `created_at`.
        created_at -> BigInt,
        /// Column `withdrawn_at`.
        withdrawn_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// One row of `consents`.
    consents (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `person_id`.
        person_id -> BigInt,
        /// Column `consent_text_id`.
        consent_text_id -> BigInt,
        /// Column `agreed_at`.
        agreed_at -> BigInt,
        /// Column `how`.
        how -> Text,
        /// Column `noted_by_name`.
        noted_by_name -> Text,
        /// Column `withdrawn_at`.
        withdrawn_at -> Nullable<BigInt>,
        /// Column `withdrawn_by_name`.
        withdrawn_by_name -> Text,
    }
}

diesel::table! {
    /// One row of `legal_holds`.
    legal_holds (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `person_id`.
        person_id -> Nullable<BigInt>,
        /// Column `visit_id`.
        visit_id -> Nullable<BigInt>,
        /// Column `reason`.
        reason -> Text,
        /// Column `placed_by_name`.
        placed_by_name -> Text,
        /// Column `placed_at`.
        placed_at -> BigInt,
        /// Column `lifted_at`.
        lifted_at -> Nullable<BigInt>,
        /// Column `lifted_by_name`.
        lifted_by_name -> Text,
    }
}

diesel::joinable!(contacts -> customers (customer_id));
diesel::joinable!(users -> customers (customer_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(saved_views -> users (user_id));
diesel::joinable!(api_tokens -> users (user_id));
diesel::joinable!(setup_links -> users (user_id));
diesel::joinable!(rooms -> sites (site_id));
diesel::joinable!(racks -> rooms (room_id));
diesel::joinable!(racks -> customers (customer_id));
diesel::joinable!(devices -> device_types (device_type_id));
diesel::joinable!(devices -> customers (customer_id));
diesel::joinable!(devices -> racks (rack_id));
diesel::joinable!(devices -> users (locked_by_user_id));
diesel::joinable!(device_stock -> sites (site_id));
diesel::joinable!(bmc_endpoints -> devices (device_id));
diesel::joinable!(power_intents -> devices (device_id));
diesel::joinable!(power_intent_steps -> power_intents (intent_id));
diesel::joinable!(snmp_targets -> devices (device_id));
diesel::joinable!(ports -> devices (device_id));
diesel::joinable!(readings -> snmp_targets (target_id));
diesel::joinable!(reading_days -> snmp_targets (target_id));
diesel::joinable!(reading_blocks -> ports (port_id));
diesel::joinable!(series_rollups -> ports (port_id));
diesel::joinable!(bandwidth_allocations -> customers (customer_id));
diesel::joinable!(allocation_ports -> bandwidth_allocations (allocation_id));
diesel::joinable!(allocation_ports -> ports (port_id));
diesel::joinable!(target_discoveries -> snmp_targets (target_id));
diesel::joinable!(neighbours -> ports (port_id));
diesel::joinable!(device_facts -> devices (device_id));
diesel::joinable!(closed_periods -> bandwidth_allocations (allocation_id));
diesel::joinable!(closed_periods -> users (closed_by_user_id));
diesel::joinable!(period_corrections -> closed_periods (closed_period_id));
diesel::joinable!(period_corrections -> users (author_user_id));
diesel::joinable!(month_reports -> customers (customer_id));
diesel::joinable!(power_feeds -> rooms (room_id));
diesel::joinable!(power_feeds -> power_panels (panel_id));
diesel::joinable!(power_panels -> rooms (room_id));
diesel::joinable!(people -> customers (customer_id));
diesel::joinable!(visits -> sites (site_id));
diesel::joinable!(visits -> customers (customer_id));
diesel::joinable!(visits -> contacts (host_contact_id));
diesel::joinable!(visits -> users (created_by_user_id));
diesel::joinable!(areas -> sites (site_id));
diesel::joinable!(visit_areas -> areas (area_id));
diesel::joinable!(visit_areas -> visits (visit_id));
diesel::joinable!(visit_racks -> visits (visit_id));
diesel::joinable!(visit_racks -> racks (rack_id));
diesel::joinable!(visit_people -> visits (visit_id));
diesel::joinable!(visit_people -> people (person_id));
diesel::joinable!(shift_notes -> sites (site_id));
diesel::joinable!(shift_notes -> users (author_user_id));
diesel::joinable!(visit_events -> visits (visit_id));
diesel::joinable!(visit_events -> people (person_id));
diesel::joinable!(visit_events -> users (author_user_id));
diesel::joinable!(loans -> loan_items (loan_item_id));
diesel::joinable!(machine_readings -> devices (device_id));
diesel::joinable!(machine_sensors -> devices (device_id));
diesel::joinable!(machine_log -> devices (device_id));
diesel::joinable!(machine_parts -> devices (device_id));
diesel::joinable!(bmc_rotations -> devices (device_id));
diesel::joinable!(bmc_rotation_steps -> bmc_rotations (rotation_id));
diesel::joinable!(power_bulk_machines -> devices (device_id));
diesel::joinable!(power_bulk_machines -> power_bulks (bulk_id));
diesel::joinable!(power_bulk_machines -> power_intents (intent_id));
diesel::joinable!(power_schedule_machines -> devices (device_id));
diesel::joinable!(console_sessions -> devices (device_id));
diesel::joinable!(console_parts -> console_sessions (session_id));
diesel::joinable!(console_seats -> console_sessions (session_id));
diesel::joinable!(console_grants -> devices (device_id));
diesel::joinable!(device_type_ports -> device_types (device_type_id));
diesel::joinable!(device_ports -> devices (device_id));
diesel::joinable!(device_components -> devices (device_id));
diesel::joinable!(rack_reservations -> racks (rack_id));
diesel::joinable!(rack_reservations -> customers (customer_id));
diesel::joinable!(cable_ends -> cables (cable_id));
diesel::joinable!(cable_ends -> device_ports (device_port_id));
diesel::joinable!(goods_items -> goods_passes (goods_pass_id));
diesel::joinable!(goods_passes -> customers (customer_id));
diesel::joinable!(goods_items -> devices (device_id));
diesel::joinable!(doors -> sites (site_id));
diesel::joinable!(door_events -> doors (door_id));
diesel::joinable!(door_events -> visit_people (visit_person_id));
diesel::joinable!(person_blocks -> people (person_id));
diesel::joinable!(person_blocks -> sites (site_id));
diesel::joinable!(consent_texts -> sites (site_id));
diesel::joinable!(consents -> consent_texts (consent_text_id));
diesel::joinable!(consents -> people (person_id));
diesel::joinable!(legal_holds -> people (person_id));
diesel::joinable!(legal_holds -> visits (visit_id));
diesel::allow_tables_to_appear_in_same_query!(allocation_ports, bandwidth_allocations);
diesel::allow_tables_to_appear_in_same_query!(allocation_ports, customers);
diesel::allow_tables_to_appear_in_same_query!(allocation_ports, devices);
diesel::allow_tables_to_appear_in_same_query!(allocation_ports, ports);
diesel::allow_tables_to_appear_in_same_query!(api_tokens, users);
diesel::allow_tables_to_appear_in_same_query!(bandwidth_allocations, customers);
diesel::allow_tables_to_appear_in_same_query!(bandwidth_allocations, devices);
diesel::allow_tables_to_appear_in_same_query!(bandwidth_allocations, ports);
diesel::allow_tables_to_appear_in_same_query!(bmc_endpoints, customers);
diesel::allow_tables_to_appear_in_same_query!(bmc_endpoints, device_types);
diesel::allow_tables_to_appear_in_same_query!(bmc_endpoints, devices);
diesel::allow_tables_to_appear_in_same_query!(bmc_endpoints, racks);
diesel::allow_tables_to_appear_in_same_query!(contacts, customers);
diesel::allow_tables_to_appear_in_same_query!(customers, month_reports);
diesel::allow_tables_to_appear_in_same_query!(customers, rooms);
diesel::allow_tables_to_appear_in_same_query!(customers, sites);
diesel::allow_tables_to_appear_in_same_query!(device_types, customers);
diesel::allow_tables_to_appear_in_same_query!(device_types, racks);
diesel::allow_tables_to_appear_in_same_query!(device_types, rooms);
diesel::allow_tables_to_appear_in_same_query!(device_types, sites);
diesel::allow_tables_to_appear_in_same_query!(devices, customers);
diesel::allow_tables_to_appear_in_same_query!(devices, device_types);
diesel::allow_tables_to_appear_in_same_query!(devices, racks);
diesel::allow_tables_to_appear_in_same_query!(devices, rooms);
diesel::allow_tables_to_appear_in_same_query!(devices, sites);
diesel::allow_tables_to_appear_in_same_query!(device_stock, sites);
diesel::allow_tables_to_appear_in_same_query!(devices, outlets);
diesel::allow_tables_to_appear_in_same_query!(devices, pdus);
diesel::allow_tables_to_appear_in_same_query!(events, ports);
diesel::allow_tables_to_appear_in_same_query!(events, snmp_targets);
diesel::allow_tables_to_appear_in_same_query!(device_facts, device_types);
diesel::allow_tables_to_appear_in_same_query!(device_facts, devices);
diesel::allow_tables_to_appear_in_same_query!(devices, users);
diesel::allow_tables_to_appear_in_same_query!(loans, loan_items);
diesel::allow_tables_to_appear_in_same_query!(people, customers);
diesel::allow_tables_to_appear_in_same_query!(period_corrections, closed_periods);
diesel::allow_tables_to_appear_in_same_query!(neighbours, devices);
diesel::allow_tables_to_appear_in_same_query!(neighbours, ports);
diesel::allow_tables_to_appear_in_same_query!(ports, customers);
diesel::allow_tables_to_appear_in_same_query!(ports, device_types);
diesel::allow_tables_to_appear_in_same_query!(ports, devices);
diesel::allow_tables_to_appear_in_same_query!(ports, racks);
diesel::allow_tables_to_appear_in_same_query!(ports, snmp_targets);
diesel::allow_tables_to_appear_in_same_query!(power_feeds, power_panels);
diesel::allow_tables_to_appear_in_same_query!(power_feeds, rooms);
diesel::allow_tables_to_appear_in_same_query!(power_feeds, sites);
diesel::allow_tables_to_appear_in_same_query!(power_panels, rooms);
diesel::allow_tables_to_appear_in_same_query!(power_panels, sites);
diesel::allow_tables_to_appear_in_same_query!(power_intent_steps, power_intents);
diesel::allow_tables_to_appear_in_same_query!(power_intents, bmc_endpoints);
diesel::allow_tables_to_appear_in_same_query!(power_intents, customers);
diesel::allow_tables_to_appear_in_same_query!(power_intents, device_types);
diesel::allow_tables_to_appear_in_same_query!(power_intents, devices);
diesel::allow_tables_to_appear_in_same_query!(power_intents, racks);
diesel::allow_tables_to_appear_in_same_query!(power_intents, users);
diesel::allow_tables_to_appear_in_same_query!(racks, customers);
diesel::allow_tables_to_appear_in_same_query!(racks, rooms);
diesel::allow_tables_to_appear_in_same_query!(racks, sites);
diesel::allow_tables_to_appear_in_same_query!(readings, devices);
diesel::allow_tables_to_appear_in_same_query!(readings, ports);
diesel::allow_tables_to_appear_in_same_query!(readings, snmp_targets);
diesel::allow_tables_to_appear_in_same_query!(rooms, bmc_endpoints);
diesel::allow_tables_to_appear_in_same_query!(rooms, ports);
diesel::allow_tables_to_appear_in_same_query!(rooms, sites);
diesel::allow_tables_to_appear_in_same_query!(saved_views, users);
diesel::allow_tables_to_appear_in_same_query!(sessions, users);
diesel::allow_tables_to_appear_in_same_query!(setup_links, users);
diesel::allow_tables_to_appear_in_same_query!(sites, bmc_endpoints);
diesel::allow_tables_to_appear_in_same_query!(sites, ports);
diesel::allow_tables_to_appear_in_same_query!(snmp_targets, customers);
diesel::allow_tables_to_appear_in_same_query!(snmp_targets, device_types);
diesel::allow_tables_to_appear_in_same_query!(snmp_targets, devices);
diesel::allow_tables_to_appear_in_same_query!(snmp_targets, racks);
diesel::allow_tables_to_appear_in_same_query!(target_discoveries, devices);
diesel::allow_tables_to_appear_in_same_query!(target_discoveries, snmp_targets);
diesel::allow_tables_to_appear_in_same_query!(users, customers);
diesel::allow_tables_to_appear_in_same_query!(areas, sites);
diesel::allow_tables_to_appear_in_same_query!(visit_areas, areas);
diesel::allow_tables_to_appear_in_same_query!(visit_areas, visits);
diesel::allow_tables_to_appear_in_same_query!(visit_areas, visit_people);
diesel::allow_tables_to_appear_in_same_query!(visit_devices, visits);
diesel::allow_tables_to_appear_in_same_query!(people, sites);
diesel::allow_tables_to_appear_in_same_query!(visit_events, people);
diesel::allow_tables_to_appear_in_same_query!(visit_events, sites);
diesel::allow_tables_to_appear_in_same_query!(visit_events, users);
diesel::allow_tables_to_appear_in_same_query!(visit_events, visits);
diesel::allow_tables_to_appear_in_same_query!(visit_people, customers);
diesel::allow_tables_to_appear_in_same_query!(visit_people, people);
diesel::allow_tables_to_appear_in_same_query!(visit_people, sites);
diesel::allow_tables_to_appear_in_same_query!(visit_people, visits);
diesel::allow_tables_to_appear_in_same_query!(visit_racks, people);
diesel::allow_tables_to_appear_in_same_query!(visit_racks, racks);
diesel::allow_tables_to_appear_in_same_query!(visit_racks, rooms);
diesel::allow_tables_to_appear_in_same_query!(visit_racks, sites);
diesel::allow_tables_to_appear_in_same_query!(visit_racks, visit_people);
diesel::allow_tables_to_appear_in_same_query!(visit_racks, visits);
diesel::allow_tables_to_appear_in_same_query!(visits, contacts);
diesel::allow_tables_to_appear_in_same_query!(visits, customers);
diesel::allow_tables_to_appear_in_same_query!(visits, people);
diesel::allow_tables_to_appear_in_same_query!(visits, sites);
diesel::allow_tables_to_appear_in_same_query!(visits, users);
diesel::allow_tables_to_appear_in_same_query!(machine_readings, devices);
diesel::allow_tables_to_appear_in_same_query!(machine_readings, bmc_endpoints);
diesel::allow_tables_to_appear_in_same_query!(machine_readings, power_intents);
diesel::allow_tables_to_appear_in_same_query!(machine_sensors, devices);
diesel::allow_tables_to_appear_in_same_query!(machine_sensors, customers);
diesel::allow_tables_to_appear_in_same_query!(machine_log, devices);
diesel::allow_tables_to_appear_in_same_query!(machine_parts, devices);
diesel::allow_tables_to_appear_in_same_query!(bmc_rotations, devices);
diesel::allow_tables_to_appear_in_same_query!(bmc_rotations, bmc_endpoints);
diesel::allow_tables_to_appear_in_same_query!(bmc_rotations, power_intents);
diesel::allow_tables_to_appear_in_same_query!(bmc_rotations, machine_readings);
diesel::allow_tables_to_appear_in_same_query!(bmc_rotation_steps, bmc_rotations);
diesel::allow_tables_to_appear_in_same_query!(power_bulk_machines, devices);
diesel::allow_tables_to_appear_in_same_query!(power_bulk_machines, power_bulks);
diesel::allow_tables_to_appear_in_same_query!(power_bulk_machines, power_intents);
diesel::allow_tables_to_appear_in_same_query!(power_bulks, devices);
diesel::allow_tables_to_appear_in_same_query!(power_bulks, power_intents);
diesel::allow_tables_to_appear_in_same_query!(power_schedule_machines, devices);
diesel::allow_tables_to_appear_in_same_query!(console_grants, console_sessions);
diesel::allow_tables_to_appear_in_same_query!(console_grants, devices);
diesel::allow_tables_to_appear_in_same_query!(console_parts, console_sessions);
diesel::allow_tables_to_appear_in_same_query!(console_seats, console_sessions);
diesel::allow_tables_to_appear_in_same_query!(console_sessions, devices);
diesel::allow_tables_to_appear_in_same_query!(device_type_ports, device_types);
diesel::allow_tables_to_appear_in_same_query!(device_ports, devices);
diesel::allow_tables_to_appear_in_same_query!(device_components, devices);
diesel::allow_tables_to_appear_in_same_query!(rack_reservations, racks);
diesel::allow_tables_to_appear_in_same_query!(rack_reservations, customers);
diesel::allow_tables_to_appear_in_same_query!(rack_reservations, rooms);
diesel::allow_tables_to_appear_in_same_query!(rack_reservations, sites);
diesel::allow_tables_to_appear_in_same_query!(ip_addresses, ip_assignments);
diesel::allow_tables_to_appear_in_same_query!(cables, cable_ends);
diesel::allow_tables_to_appear_in_same_query!(cables, device_ports);
diesel::allow_tables_to_appear_in_same_query!(cables, devices);
diesel::allow_tables_to_appear_in_same_query!(cable_ends, device_ports);
diesel::allow_tables_to_appear_in_same_query!(cable_ends, devices);
diesel::allow_tables_to_appear_in_same_query!(goods_items, goods_passes);
diesel::allow_tables_to_appear_in_same_query!(goods_items, devices);
diesel::allow_tables_to_appear_in_same_query!(goods_passes, customers);
diesel::allow_tables_to_appear_in_same_query!(doors, sites);
diesel::allow_tables_to_appear_in_same_query!(door_events, doors);
diesel::allow_tables_to_appear_in_same_query!(door_events, visit_people);
diesel::allow_tables_to_appear_in_same_query!(person_blocks, people);
diesel::allow_tables_to_appear_in_same_query!(person_blocks, sites);
diesel::allow_tables_to_appear_in_same_query!(person_blocks, visits);
diesel::allow_tables_to_appear_in_same_query!(consent_texts, sites);
diesel::allow_tables_to_appear_in_same_query!(consents, consent_texts);
diesel::allow_tables_to_appear_in_same_query!(consents, people);
diesel::allow_tables_to_appear_in_same_query!(legal_holds, people);
diesel::allow_tables_to_appear_in_same_query!(legal_holds, visits);
diesel::allow_tables_to_appear_in_same_query!(legal_holds, visit_people);
