//! Engines of tests that change one thing about another: they say what, and the rest goes through.

/// `engine_over! { Name { async fn open(…) … } }` for a `Name` whose first field is the engine below.
#[macro_export]
macro_rules! engine_over {
    ($name:ty { $($own:tt)* }) => {
        #[async_trait::async_trait]
        impl store::port::Engine for $name {
            $($own)*
            fn dialect(&self) -> store::statement::Dialect {
                self.0.dialect()
            }
            async fn begin_epoch(&self) -> Result<(), store::port::StoreError> {
                self.0.begin_epoch().await
            }
            async fn look(
                &self,
                workspace: domain::WorkspaceId,
                fresh: store::port::Freshness,
                queries: &[store::port::Query],
            ) -> Result<store::port::Seen<Vec<store::Answer>>, store::port::StoreError> {
                self.0.look(workspace, fresh, queries).await
            }
            async fn run(
                &self,
                query: &store::port::Query,
            ) -> Result<(store::Answer, u64), store::port::StoreError> {
                self.0.run(query).await
            }
            async fn run_together(
                &self,
                queries: &[store::port::Query],
            ) -> Result<Vec<(store::Answer, u64)>, store::port::StoreError> {
                self.0.run_together(queries).await
            }
            async fn now(&self) -> Result<domain::Stamp, store::port::StoreError> {
                self.0.now().await
            }
            async fn ping(&self) -> Result<(), store::port::StoreError> {
                self.0.ping().await
            }
            fn load_figures(&self) -> store::port::LoadFigures {
                self.0.load_figures()
            }
        }
    };
}
