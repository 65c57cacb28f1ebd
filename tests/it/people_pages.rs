//! The pages of people, in both languages.

use coldaisle::identity::Role;
use rocket::http::Status;

use crate::harness::{Caller, TestDb, TestWeb, both};

async fn look(web: &TestWeb, caller: &Caller, path: &str) -> String {
    for caller in [caller.clone(), caller.clone().reading_chinese()] {
        let reply = web.get(&caller, path).await;
        assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
        assert!(!reply.body.contains("style="), "{path} has a style");
    }
    web.get(caller, path).await.body
}

both! {
    /// Written down, blocked, unblocked, asked, merged, held: every page on the way.
    async fn a_person_walks_through_the_pages(db: TestDb) {
        db.site("s1");
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Administrator, None);
        for path in ["/people", "/people/new", "/people/alike", "/people/privacy", "/consent-notices", "/consent-notices/new"] {
            look(&web, &staff, path).await;
        }
        let typed = [("name", "<b>张三</b>"), ("company", "示例公司"), ("document_number", "000000199001010018")];
        assert_eq!(web.post(&staff, "/people/new", &typed).await.status, Status::SeeOther);
        let twin = [("name", "<b>张三</b>"), ("company", "示例公司")];
        assert_eq!(web.post(&staff, "/people/new", &twin).await.status, Status::SeeOther);
        let wrong = web.post(&staff, "/people/new", &[("name", "")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        let page = look(&web, &staff, "/people/1").await;
        assert!(page.contains("0000**********0018") && page.contains("&lt;b&gt;张三"));
        assert!(!page.contains("000000199001010018"));
        look(&web, &staff, "/people/1/edit").await;
        look(&web, &staff, "/people/1/reveal").await;
        let shown = web.post(&staff, "/people/1/reveal", &[("reason", "核查")]).await;
        assert!(shown.body.contains("000000199001010018"));
        assert!(look(&web, &staff, "/people/1").await.contains("核查"));

        look(&web, &staff, "/people/1/block").await;
        let blocked = web.post(&staff, "/people/1/block", &[("reason", "偷拍")]).await;
        assert_eq!(blocked.status, Status::SeeOther, "{}", blocked.body);
        assert!(look(&web, &staff, "/people?blocked=true").await.contains("张三"));
        look(&web, &staff, "/person-blocks/1/lift").await;
        let lifted = web.post(&staff, "/person-blocks/1/lift", &[("reason", "误会")]).await;
        assert_eq!(lifted.status, Status::SeeOther);

        let notice = [("kind", "safety"), ("text_zh", "须知"), ("text_en", "Notice")];
        assert_eq!(web.post(&staff, "/consent-notices/new", &notice).await.status, Status::SeeOther);
        look(&web, &staff, "/consent-notices").await;
        assert!(look(&web, &staff, "/visits/walk-in").await.contains("name=\"agreed\""));
        let agreed = web.post(&staff, "/people/1/consents", &[("notice_id", "1"), ("how", "desk")]).await;
        assert_eq!(agreed.status, Status::SeeOther);
        look(&web, &staff, "/people/1").await;

        let held = web.post(&staff, "/legal-holds", &[("person_id", "1"), ("reason", "诉讼")]).await;
        assert_eq!(held.status, Status::SeeOther, "{}", held.body);
        assert!(look(&web, &staff, "/people/privacy").await.contains("诉讼"));

        assert!(look(&web, &staff, "/people/alike").await.contains("merge"));
        look(&web, &staff, "/people/1/merge/2").await;
        let versions = [("version", "1"), ("other_version", "1")];
        let merged = web.post(&staff, "/people/1/merge/2", &versions).await;
        assert_eq!(merged.status, Status::SeeOther, "{}", merged.body);
        look(&web, &staff, "/people/2").await;
        let file = web.get(&staff, "/people.csv").await;
        assert!(file.body.contains("示例公司") && !file.body.contains("000000199001010018"));
    }
}
